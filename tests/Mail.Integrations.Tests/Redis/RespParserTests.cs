using System.Buffers;
using System.Text;
using Mail.Integrations.Redis;

namespace Mail.Integrations.Tests.Redis;

public sealed class RespParserTests
{
    private static readonly RespLimits Small = new() { LineBytes = 100, BulkBytes = 1000, ReplyBytes = 1500, Depth = 5, Elements = 50 };

    [Theory]
    [InlineData("+OK\r\n", RedisResultKind.SimpleString, "OK")]
    [InlineData("-ERR no\r\n", RedisResultKind.Error, "ERR no")]
    [InlineData(":-42\r\n", RedisResultKind.Integer, "-42")]
    [InlineData("$5\r\nhe\r\no\r\n", RedisResultKind.BulkString, "he\r\no")]
    [InlineData("$0\r\n\r\n", RedisResultKind.BulkString, "")]
    [InlineData("$-1\r\n", RedisResultKind.Null, "")]
    [InlineData("*-1\r\n", RedisResultKind.Null, "")]
    [InlineData("_\r\n", RedisResultKind.Null, "")]
    [InlineData("#t\r\n", RedisResultKind.Boolean, "1")]
    [InlineData(",3.25\r\n", RedisResultKind.Double, "3.25")]
    [InlineData("(12345678901234567890123\r\n", RedisResultKind.BigNumber, "12345678901234567890123")]
    [InlineData("=7\r\ntxt:abc\r\n", RedisResultKind.VerbatimString, "abc")]
    [InlineData("!5\r\nERR x\r\n", RedisResultKind.Error, "ERR x")]
    public void Reads_every_scalar(string wire, RedisResultKind kind, string value)
    {
        var result = ReadWhole(wire);
        Assert.Equal(kind, result.Kind);
        Assert.Equal(value, result.Value.ToString());
    }

    [Theory]
    [InlineData("*2\r\n:1\r\n*1\r\n+a\r\n", "Array[1 Array[a]]")]
    [InlineData("%1\r\n+k\r\n:1\r\n", "Map[k 1]")]
    [InlineData("~2\r\n:1\r\n:2\r\n", "Set[1 2]")]
    [InlineData(">2\r\n+message\r\n+x\r\n", "Push[message x]")]
    [InlineData("*0\r\n", "Array[]")]
    [InlineData("|1\r\n+ttl\r\n:3\r\n*1\r\n|1\r\n+a\r\n+b\r\n:7\r\n", "Array[7]")]
    public void Reads_aggregates_and_skips_attributes(string wire, string expected) => Assert.Equal(expected, Show(ReadWhole(wire)));

    [Fact]
    public void An_answer_arriving_byte_by_byte_is_the_same_answer()
    {
        const string wire = "*3\r\n$5\r\nhello\r\n%1\r\n+k\r\n*2\r\n:1\r\n_\r\n>1\r\n+x\r\n";
        var bytes = Encoding.ASCII.GetBytes(wire);
        var parser = new RespParser(RespLimits.Default);
        var pending = ReadOnlySequence<byte>.Empty;
        var start = 0;
        RedisResult? found = null;
        for (var end = 1; end <= bytes.Length; end++)
        {
            pending = new ReadOnlySequence<byte>(bytes, start, end - start);
            if (parser.TryRead(ref pending, out var result)) found = result;
            start = end - (int)pending.Length;
        }
        Assert.Equal("Array[hello Map[k Array[1 ]] Push[x]]", Show(found!));
    }

    [Theory]
    [InlineData("hello\r\n")]
    [InlineData("\r\n")]
    [InlineData("+a\n")]
    [InlineData(":12x\r\n")]
    [InlineData(":\r\n")]
    [InlineData("$-2\r\n")]
    [InlineData("$x\r\n")]
    [InlineData("$3\r\nabcd\r\n")]
    [InlineData("=2\r\nab\r\n")]
    [InlineData("#x\r\n")]
    [InlineData("%-1\r\n")]
    [InlineData("$1001\r\n")]
    [InlineData("$99999999999999999999\r\n")]
    [InlineData("*51\r\n")]
    [InlineData("%26\r\n")]
    [InlineData("*2147483647\r\n")]
    [InlineData("%2147483647\r\n")]
    public void Refuses_what_is_malformed_or_beyond_a_limit(string wire) => Assert.Throws<RedisProtocolException>(() => ReadWhole(wire, Small));

    [Fact]
    public void Refuses_an_endless_line() => Assert.Throws<RedisProtocolException>(() => ReadWhole("+" + new string('a', 200), Small));

    [Fact]
    public void Refuses_deep_nesting_without_using_the_stack() =>
        Assert.Throws<RedisProtocolException>(() => ReadWhole(string.Concat(Enumerable.Repeat("*1\r\n", 1_000_000))));

    [Fact]
    public void Refuses_many_elements_spread_over_nested_arrays() =>
        Assert.Throws<RedisProtocolException>(() => ReadWhole("*20\r\n" + string.Concat(Enumerable.Repeat("*10\r\n" + string.Concat(Enumerable.Repeat(":1\r\n", 10)), 20)), Small));

    [Fact]
    public void Refuses_many_bulk_strings_that_are_too_large_together() =>
        Assert.Throws<RedisProtocolException>(() => ReadWhole("*2\r\n$900\r\n" + new string('a', 900) + "\r\n$900\r\n" + new string('a', 900) + "\r\n", Small));

    [Fact]
    public void The_limits_count_anew_for_each_answer()
    {
        var parser = new RespParser(Small);
        for (var i = 0; i < 10; i++) Assert.True(TryRead(parser, "*40\r\n" + string.Concat(Enumerable.Repeat(":1\r\n", 40)), out _));
    }

    [Fact]
    public void Hostile_bytes_end_in_an_answer_a_refusal_or_a_wait_and_nothing_else()
    {
        var random = new Random(20_260_101);
        const string alphabet = "+-:$*%~>|#_,(=!0123456789\r\n\r\n\r\n ab";
        for (var round = 0; round < 50_000; round++)
        {
            var wire = string.Create(random.Next(1, 80), random, (chars, source) =>
            {
                for (var i = 0; i < chars.Length; i++) chars[i] = alphabet[source.Next(alphabet.Length)];
            });
            AssertSamePiecewise(wire, random.Next(1, wire.Length + 1));
        }
    }

    [Fact]
    public void Whatever_the_writer_writes_the_parser_reads_back()
    {
        var random = new Random(7);
        for (var round = 0; round < 2_000; round++)
        {
            var command = Enumerable.Range(0, random.Next(1, 8)).Select(_ =>
            {
                var bytes = new byte[random.Next(0, 300)];
                random.NextBytes(bytes);
                return (RedisValue)bytes;
            }).ToArray();
            var output = new ArrayBufferWriter<byte>();
            RespWriter.Write(output, command);
            var buffer = new ReadOnlySequence<byte>(output.WrittenMemory);
            Assert.True(new RespParser(RespLimits.Default).TryRead(ref buffer, out var result));
            Assert.Equal(command, result.Items.Select(item => item.Value));
            Assert.True(buffer.IsEmpty);
        }
    }

    /// <summary>Cutting the input anywhere must not change what is read.</summary>
    private static void AssertSamePiecewise(string wire, int cut)
    {
        var whole = Outcome(wire);
        var parser = new RespParser(Small);
        string pieces;
        try
        {
            var first = new ReadOnlySequence<byte>(Encoding.ASCII.GetBytes(wire[..cut]));
            if (parser.TryRead(ref first, out var early))
            {
                pieces = Show(early);
            }
            else
            {
                var consumed = cut - (int)first.Length;
                pieces = TryRead(parser, wire[consumed..], out var late) ? Show(late) : "more";
            }
        }
        catch (RedisProtocolException)
        {
            pieces = "refused";
        }
        Assert.Equal(whole, pieces);
    }

    private static string Outcome(string wire)
    {
        try
        {
            return TryRead(new RespParser(Small), wire, out var result) ? Show(result) : "more";
        }
        catch (RedisProtocolException)
        {
            return "refused";
        }
    }

    private static RedisResult ReadWhole(string wire, RespLimits? limits = null)
    {
        Assert.True(TryRead(new RespParser(limits ?? RespLimits.Default), wire, out var result));
        return result;
    }

    private static bool TryRead(RespParser parser, string wire, out RedisResult result)
    {
        var buffer = new ReadOnlySequence<byte>(Encoding.ASCII.GetBytes(wire));
        return parser.TryRead(ref buffer, out result);
    }

    private static string Show(RedisResult result) =>
        result.Kind is RedisResultKind.Array or RedisResultKind.Map or RedisResultKind.Set or RedisResultKind.Push
            ? $"{result.Kind}[{string.Join(' ', result.Items.Select(Show))}]"
            : result.Value.ToString();
}
