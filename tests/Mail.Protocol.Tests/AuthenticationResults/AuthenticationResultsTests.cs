using System.Buffers;
using System.Text;
using Mail.Protocol.Arc;
using Mail.Protocol.AuthenticationResults;
using Mail.Protocol.Dkim;
using Mail.Protocol.Tests.Dkim;

namespace Mail.Protocol.Tests.AuthenticationResults;

public class AuthenticationResultsTests
{
    [Fact]
    public void No_result_is_written_as_none() =>
        Assert.Equal("Authentication-Results: mx.example.org; none\r\n", AuthenticationResultsWriter.Write("mx.example.org", []));

    [Fact]
    public void Results_stand_one_per_line()
    {
        IReadOnlyList<AuthenticationResult> results =
        [
            .. AuthenticationResultsWriter.Of([new DkimResult(DkimStatus.Fail, "example.com", "s1", "body hash did not verify") { Identity = "@example.com", Algorithm = "rsa-sha256", SignatureStart = "ab/+CDEF" }]),
            new("spf", "pass") { Comment = "sender (is) fine", Properties = [new("smtp", "mailfrom", "a@example.com")] },
            AuthenticationResultsWriter.Of(new ArcResult(ArcStatus.Pass, "") { OldestPass = 2 }),
        ];

        Assert.Equal(
            "Authentication-Results: mx.example.org;\r\n"
            + "\tdkim=fail reason=\"body hash did not verify\"\r\n\t header.d=example.com\r\n\t header.s=s1\r\n\t header.i=@example.com\r\n"
            + "\t header.a=rsa-sha256\r\n\t header.b=\"ab/+CDEF\";\r\n"
            + "\tspf=pass (sender  is  fine)\r\n\t smtp.mailfrom=a@example.com;\r\n"
            + "\tarc=pass\r\n\t header.oldest-pass=2\r\n",
            AuthenticationResultsWriter.Write("mx.example.org", results));
    }

    [Fact]
    public void Values_cannot_leave_their_place()
    {
        const string evil = "x\"; dkim=pass\r\nSubject: \\forged (";
        IReadOnlyList<AuthenticationResult> results = [new("spf", "fail") { Reason = evil, Comment = evil, Properties = [new("smtp", "mailfrom", evil)] }];

        var field = AuthenticationResultsWriter.Write(evil, results);
        var read = AuthenticationResultsReader.Read(field["Authentication-Results:".Length..]);

        Assert.DoesNotContain("\r\nSubject", field);
        var result = Assert.Single(read!.Results);
        Assert.Equal(evil.Replace("\r\n", "  "), result.Reason);
        Assert.Equal(evil.Replace("\r\n", "  "), Assert.Single(result.Properties).Value);
    }

    // RFC 8601 §B
    [Theory]
    [InlineData("example.org 1; none", "example.org", "")]
    [InlineData(" example.com;\r\n spf=pass smtp.mailfrom=example.net", "example.com", "spf=pass smtp.mailfrom=example.net")]
    [InlineData("example.com;\r\n\tauth=pass (cram-md5) smtp.auth=sender@example.net;\r\n\tspf=pass smtp.mailfrom=example.net",
        "example.com", "auth=pass smtp.auth=sender@example.net|spf=pass smtp.mailfrom=example.net")]
    [InlineData("example.com; dkim=pass reason=\"good signature\" header.i=@mail-router.example.net; dkim=fail reason=\"bad signature\" header.i=@newyork.example.com",
        "example.com", "dkim=pass header.i=@mail-router.example.net|dkim=fail header.i=@newyork.example.com")]
    [InlineData("foo.example.net (foobar) 1 (baz);\r\n dkim (Because I like it) / 1 (One yay) = (wait for it) fail\r\n policy (A dot can go here) . (like that) expired\r\n (this surprised me) = (as I wasn't expecting it) 1362471462",
        "foo.example.net", "dkim=fail policy.expired=1362471462")]
    // as Outlook.com writes it
    [InlineData("mx.microsoft.com 1; spf=pass (sender ip is 192.0.2.1) smtp.rcpttodomain=outlook.com smtp.mailfrom=example.com; dmarc=pass (p=none) action=none header.from=example.com",
        "mx.microsoft.com", "spf=pass smtp.rcpttodomain=outlook.com smtp.mailfrom=example.com|dmarc=pass header.from=example.com")]
    public void Examples_of_the_rfc_are_read(string value, string id, string results)
    {
        var field = AuthenticationResultsReader.Read(value);

        Assert.Equal(id, field!.AuthservId);
        Assert.Equal(results, string.Join('|', field.Results.Select(r =>
            string.Join(' ', r.Properties.Select(p => $"{p.Type}.{p.Name}={p.Value}").Prepend($"{r.Method}={r.Result}")))));
    }

    [Fact]
    public async Task Python_reads_what_is_written()
    {
        const string script = """
            import sys, authres
            h = authres.AuthenticationResultsHeader.parse(sys.stdin.read().strip())
            print(h.authserv_id)
            for r in h.results:
                print(r.method, r.result, r.reason, [(p.type, p.name, p.value) for p in r.properties])
            """;
        IReadOnlyList<AuthenticationResult> results =
        [
            .. AuthenticationResultsWriter.Of([new DkimResult(DkimStatus.Fail, "example.com", "s1", "body hash did not verify") { SignatureStart = "ab/+CDEF" }]),
            new("spf", "softfail") { Comment = "a comment", Properties = [new("smtp", "mailfrom", "a@example.com")] },
        ];

        var output = await DkimPeers.RunPython(script, AuthenticationResultsWriter.Write("mx.example.org", results));

        Assert.Equal(
            ["mx.example.org", "dkim fail body hash did not verify [('header', 'd', 'example.com'), ('header', 's', 's1'), ('header', 'b', 'ab/+CDEF')]",
             "spf softfail None [('smtp', 'mailfrom', 'a@example.com')]"],
            output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Theory]
    [InlineData("")]
    [InlineData("(only a comment)")]
    [InlineData("a b c; none")]
    [InlineData("example.com; dkim")]
    [InlineData("example.com; dkim=")]
    [InlineData("example.com; dkim=pass header.")]
    [InlineData("example.com; dkim=pass header.d=\"open")]
    [InlineData("\"open")]
    public void Broken_grammar_is_refused(string value) => Assert.Null(AuthenticationResultsReader.Read(value));

    [Fact]
    public void Deep_comments_do_not_recurse() =>
        Assert.Null(AuthenticationResultsReader.Read(new string('(', 1_000_000)));

    [Fact]
    public void Fields_in_our_name_and_unreadable_ones_are_taken_off()
    {
        const string kept = "Received: by mx\r\nAuthentication-Results: other.example; spf=pass\r\nSubject: x\r\n"
            + "ARC-Authentication-Results: i=1; mx.example.org; spf=pass\r\n\r\nAuthentication-Results: mx.example.org; in the body\r\n";
        var message = "Authentication-Results: MX.Example.Org; dkim=pass\r\n\theader.d=bank.example\r\n" + kept
            .Replace("Subject: x\r\n", "AUTHENTICATION-RESULTS : \"mx.example\\.org\" 1; spf=pass\r\nauthentication-results:;;\r\nSubject: x\r\n");

        foreach (var size in new[] { 1, 7, 100_000 })
        {
            var stripped = AuthenticationResultsStripper.Strip(
                Segments.Of(Encoding.ASCII.GetBytes(message), size), id => id.Equals("mx.example.org", StringComparison.OrdinalIgnoreCase));

            Assert.Equal(kept, Encoding.ASCII.GetString(stripped.ToArray()));
        }
    }

    [Fact]
    public void Message_without_forged_fields_stays_as_it_is()
    {
        var message = new ReadOnlySequence<byte>("Subject: x\r\n\r\nbody"u8.ToArray());

        Assert.Equal(message, AuthenticationResultsStripper.Strip(message, _ => true));
    }
}
