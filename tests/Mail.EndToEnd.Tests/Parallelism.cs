// One running system at a time: several measure time, and all share the machine.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
