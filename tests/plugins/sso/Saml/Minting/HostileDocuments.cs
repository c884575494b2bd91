namespace Vaka.Plugins.Sso.Tests.Saml.Minting;

/// <summary>Documents that are sent to cost.</summary>
internal static class HostileDocuments
{
    public static IReadOnlyDictionary<string, Func<string>> All { get; } = new Dictionary<string, Func<string>>
    {
        ["entity bomb"] = () => "<!DOCTYPE r [<!ENTITY a \"" + new string('a', 1000) + "\">" + string.Concat(Enumerable.Range('b', 15).Select(c =>
            $"<!ENTITY {(char)c} \"{string.Concat(Enumerable.Repeat($"&{(char)(c - 1)};", 10))}\">")) + "]><r>&p;</r>",
        ["quadratic bomb"] = () => "<!DOCTYPE r [<!ENTITY a \"" + new string('a', 400_000) + "\">]><r>" + string.Concat(Enumerable.Repeat("&a;", 100_000)) + "</r>",
        ["deep nesting"] = () => string.Concat(Enumerable.Repeat("<a>", 140_000)) + string.Concat(Enumerable.Repeat("</a>", 140_000)),
        ["deep nesting within the number of elements"] = () => string.Concat(Enumerable.Repeat("<a>", 9_000)) + string.Concat(Enumerable.Repeat("</a>", 9_000)),
        ["ten megabytes"] = () => "<r>" + new string('x', 10 * 1024 * 1024) + "</r>",
        ["a megabyte of text"] = () => "<r>" + new string('x', (1024 * 1024) - 10) + "</r>",
        ["many elements"] = () => "<r>" + string.Concat(Enumerable.Repeat("<a/>", 250_000)) + "</r>",
        ["many elements within the limit"] = () => "<r>" + string.Concat(Enumerable.Repeat("<a b=''/>", 9_900)) + "</r>",
        ["many attributes"] = () => "<r " + string.Concat(Enumerable.Range(0, 100_000).Select(i => $"a{i}='' ")) + "/>",
        ["many attributes behind a quoted end"] = () => "<r x='>' " + string.Concat(Enumerable.Range(0, 100_000).Select(i => $"a{i}='' ")) + "/>",
        ["many namespaces"] = () => "<r>" + string.Concat(Enumerable.Repeat("<a " + string.Concat(Enumerable.Range(0, 60).Select(i => $"xmlns:n{i}='u' ")) + "/>", 1_000)) + "</r>",
        ["a long name"] = () => "<" + new string('n', 1_000_000) + "/>",
        ["a long attribute"] = () => "<r a='" + new string('n', 1_000_000) + "'/>",
        ["an open tag"] = () => "<r " + new string('\'', 1_000_000),
        ["many open comments"] = () => "<r>" + string.Concat(Enumerable.Repeat("<!--", 200_000)),
        ["many open data sections"] = () => "<r>" + string.Concat(Enumerable.Repeat("<![CDATA[", 100_000)),
        ["many data sections"] = () => "<r>" + string.Concat(Enumerable.Repeat("<![CDATA[]]>", 80_000)) + "</r>",
        ["many references"] = () => "<r>" + string.Concat(Enumerable.Repeat("&lt;", 250_000)) + "</r>",
        ["much ciphertext"] = () => new ResponseBuilder { Encrypted = Encrypted.Cbc }.Build().Replace(
            "</xenc:CipherValue></xenc:CipherData></xenc:EncryptedData>", new string('A', 900_000) + "</xenc:CipherValue></xenc:CipherData></xenc:EncryptedData>", StringComparison.Ordinal),
        ["transforms"] = () => new ResponseBuilder().Build().Replace("<Transforms>", "<Transforms>" + string.Concat(Enumerable.Repeat("<Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"/>", 9_000)), StringComparison.Ordinal),
        ["references"] = () => new ResponseBuilder().Build().Replace("<SignedInfo>", "<SignedInfo>" + string.Concat(Enumerable.Repeat("<Reference URI=\"\"/>", 9_000)), StringComparison.Ordinal),
    };
}
