using Npgsql;

namespace Mail.Core.Secrets;

/// <summary>A column of sealed values, so that <c>keyring rotate</c> finds it. Registered as one of a set.</summary>
/// <param name="Name">What operators call it: <c>DKIM keys</c>.</param>
/// <param name="Keys">The columns of the primary key; they are read in this order, before the sealed value.</param>
/// <param name="Context">The context a row was sealed for, of its key columns.</param>
public sealed record SealedColumn(
    string Name, string Table, string Column, IReadOnlyList<string> Keys, Func<NpgsqlDataReader, string> Context);
