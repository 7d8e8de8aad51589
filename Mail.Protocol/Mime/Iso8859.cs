namespace Mail.Protocol.Mime;

/// <summary>The upper halves of the ISO 8859 parts that the framework does not know.</summary>
internal static class Iso8859
{
    private const string Part10 =
        "\u00a0ĄĒĢĪĨĶ§ĻĐŠŦŽ\u00adŪŊ°ąēģīĩķ·ļđšŧž―ūŋĀÁÂÃÄÅÆĮČÉĘ"
        + "ËĖÍÎÏÐŅŌÓÔÕÖŨØŲÚÛÜÝÞßāáâãäåæįčéęëėíîïðņōóôõöũøųúûüýþĸ";

    private const string Part14 =
        "\u00a0Ḃḃ£ĊċḊ§Ẁ©ẂḋỲ\u00ad®ŸḞḟĠġṀṁ¶ṖẁṗẃṠỳẄẅṡÀÁÂÃÄÅÆÇÈÉÊ"
        + "ËÌÍÎÏŴÑÒÓÔÕÖṪØÙÚÛÜÝŶßàáâãäåæçèéêëìíîïŵñòóôõöṫøùúûüýŷÿ";

    private const string Part16 =
        "\u00a0ĄąŁ€„Š§š©Ș«Ź\u00adźŻ°±ČłŽ”¶·žčș»ŒœŸżÀÁÂĂÄĆÆÇÈÉÊ"
        + "ËÌÍÎÏĐŃÒÓÔŐÖŚŰÙÚÛÜĘȚßàáâăäćæçèéêëìíîïđńòóôőöśűùúûüęțÿ";

    internal static string Decode10(ReadOnlySpan<byte> octets) => Decode(octets, Part10);

    internal static string Decode14(ReadOnlySpan<byte> octets) => Decode(octets, Part14);

    internal static string Decode16(ReadOnlySpan<byte> octets) => Decode(octets, Part16);

    private static string Decode(ReadOnlySpan<byte> octets, string upper)
    {
        var text = new char[octets.Length];
        for (var i = 0; i < text.Length; i++) text[i] = octets[i] < 0xa0 ? (char)octets[i] : upper[octets[i] - 0xa0];
        return new string(text);
    }
}
