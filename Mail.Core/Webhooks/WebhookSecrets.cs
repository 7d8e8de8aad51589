using Mail.Core.Organizations;
using Mail.Core.Secrets;
using Mail.Protocol.Webhooks;
using Npgsql;

namespace Mail.Core.Webhooks;

/// <summary>Signing secrets as they stand in the database: sealed for the row of their endpoint.</summary>
public sealed class WebhookSecrets(SecretBox box)
{
    /// <summary>For <c>keyring rotate</c>. Both have the same context, because a rotation moves one to the place of the other.</summary>
    internal static IEnumerable<SealedColumn> Columns { get; } =
        new[] { ("webhook secrets", "secret"), ("previous webhook secrets", "previous_secret") }.Select(column =>
            new SealedColumn(column.Item1, "webhook_endpoints", column.Item2, ["organization_id", "id"], ContextOf));

    internal byte[] Seal(OrganizationId organization, WebhookId webhook, WebhookSecret secret) =>
        box.Seal(System.Text.Encoding.ASCII.GetBytes(secret.Reveal()), Context(organization, webhook));

    /// <exception cref="System.Security.Cryptography.CryptographicException">Sealed with a key that is not in the ring, or damaged.</exception>
    public WebhookSecret Open(OrganizationId organization, WebhookId webhook, byte[] sealedSecret) =>
        WebhookSecret.Parse(System.Text.Encoding.ASCII.GetString(box.Open(sealedSecret, Context(organization, webhook))))
        ?? throw new System.Security.Cryptography.CryptographicException("Not a webhook secret.");

    /// <summary>The last characters, for telling secrets apart.</summary>
    internal static string HintOf(WebhookSecret secret) => secret.Reveal().TrimEnd('=')[^4..];

    private static string ContextOf(NpgsqlDataReader row) => Context(new OrganizationId(row.GetGuid(0)), new WebhookId(row.GetGuid(1)));

    private static string Context(OrganizationId organization, WebhookId webhook) => $"webhook/{organization}/{webhook}";
}
