namespace Mail.Protocol.Mime;

/// <summary>The upper halves of the ISO 8859 parts that the framework lacks, or has in an edition before 1999.</summary>
internal static class Iso8859
{
    private const string Part7 =
        "\u00a0‘’£€₯¦§¨©\u037a«¬\u00ad\ufffd―°±²³΄΅Ά·ΈΉΊ»Ό½ΎΏΐΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟ"
        + "ΠΡ\ufffdΣΤΥΦΧΨΩΪΫάέήίΰαβγδεζηθικλμνξοπρςστυφχψωϊϋόύώ\ufffd";

    private const string Part8 =
        "\u00a0\ufffd¢£¤¥¦§¨©×«¬\u00ad®¯°±²³´µ¶·¸¹÷»¼½¾\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd"
        + "\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd‗אבגדהוזחטיךכלםמןנסעףפץצקרשת\ufffd\ufffd\u200e\u200f\ufffd";

    private const string Part10 =
        "\u00a0ĄĒĢĪĨĶ§ĻĐŠŦŽ\u00adŪŊ°ąēģīĩķ·ļđšŧž―ūŋĀÁÂÃÄÅÆĮČÉĘËĖÍÎÏ"
        + "ÐŅŌÓÔÕÖŨØŲÚÛÜÝÞßāáâãäåæįčéęëėíîïðņōóôõöũøųúûüýþĸ";

    private const string Part14 =
        "\u00a0Ḃḃ£ĊċḊ§Ẁ©ẂḋỲ\u00ad®ŸḞḟĠġṀṁ¶ṖẁṗẃṠỳẄẅṡÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏ"
        + "ŴÑÒÓÔÕÖṪØÙÚÛÜÝŶßàáâãäåæçèéêëìíîïŵñòóôõöṫøùúûüýŷÿ";

    private const string Part16 =
        "\u00a0ĄąŁ€„Š§š©Ș«Ź\u00adźŻ°±ČłŽ”¶·žčș»ŒœŸżÀÁÂĂÄĆÆÇÈÉÊËÌÍÎÏ"
        + "ĐŃÒÓÔŐÖŚŰÙÚÛÜĘȚßàáâăäćæçèéêëìíîïđńòóôőöśűùúûüęțÿ";

    internal static string Decode7(ReadOnlySpan<byte> octets) => Decode(octets, Part7);

    internal static string Decode8(ReadOnlySpan<byte> octets) => Decode(octets, Part8);

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
