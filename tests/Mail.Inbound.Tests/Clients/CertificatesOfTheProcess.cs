namespace Mail.Inbound.Tests.Clients;

/// <summary>.NET's own client asks one callback of the whole process which certificates to believe: who sets it does so alone.</summary>
[CollectionDefinition(Name)]
public sealed class CertificatesOfTheProcess
{
    public const string Name = "certificates of the process";
}
