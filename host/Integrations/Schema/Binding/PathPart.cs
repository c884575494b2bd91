using System.Globalization;
using System.Text;

namespace Vaka.Plugins.Host.Integrations.Schema.Binding;

/// <summary>One step of a path into a document: a known member, an index, or a key that is read from the document only when an error has
/// to be told.</summary>
internal readonly struct PathPart
{
    private const int LongestKey = 100;

    private readonly string? name;
    private readonly int start;
    private readonly int length;

    private PathPart(string? name, int start, int length) => (this.name, this.start, this.length) = (name, start, length);

    public static PathPart Member(string name) => new(name, 0, 0);

    public static PathPart Index(int index) => new(null, index, -1);

    /// <param name="start">Of the key's text, behind its quote.</param>
    /// <param name="length">In bytes.</param>
    public static PathPart Key(int start, int length) => new(null, start, length);

    public void AppendTo(StringBuilder path, ReadOnlySpan<byte> document)
    {
        if (name is null && length < 0)
        {
            path.Append('[').Append(start.ToString(CultureInfo.InvariantCulture)).Append(']');
            return;
        }

        if (path.Length > 0) path.Append('.');
        path.Append(name ?? Shown(document.Slice(start, length)));
    }

    /// <summary>A key as it is shown: shortened, and with its escapes as they were written when they stand for nothing printable.</summary>
    public static string Shown(ReadOnlySpan<byte> escaped)
    {
        var key = JsonText.Unescape(escaped);
        if (key.Any(char.IsControl)) key = Encoding.UTF8.GetString(escaped);
        return key.Length <= LongestKey ? key : key[..LongestKey] + "…";
    }
}
