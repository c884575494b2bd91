namespace Vaka.Plugins.Host.Integrations.Schema.Binding;

/// <summary>The member names of one object whose names are free, to find one that is given twice. Few names are compared as they stand
/// in the document; many go into a set, so that a large object costs no more per name than a small one.</summary>
internal struct NameSet
{
    private const int Few = 24;

    private List<Name>? few;
    private HashSet<string>? many;

    /// <returns>Whether the name is new.</returns>
    public bool Add(ReadOnlySpan<byte> document, int start, int length, bool isEscaped)
    {
        if (many is not null) return many.Add(JsonText.Unescape(document.Slice(start, length)));

        few ??= new List<Name>(8);
        var added = new Name(start, length, isEscaped);
        foreach (var name in few)
        {
            if (Same(document, name, added)) return false;
        }

        few.Add(added);
        if (few.Count > Few)
        {
            many = new HashSet<string>(StringComparer.Ordinal);
            foreach (var name in few) many.Add(JsonText.Unescape(document.Slice(name.Start, name.Length)));
        }

        return true;
    }

    private static bool Same(ReadOnlySpan<byte> document, Name one, Name other)
    {
        var a = document.Slice(one.Start, one.Length);
        var b = document.Slice(other.Start, other.Length);
        return one.IsEscaped || other.IsEscaped
            ? string.Equals(JsonText.Unescape(a), JsonText.Unescape(b), StringComparison.Ordinal)
            : a.SequenceEqual(b);
    }

    private readonly record struct Name(int Start, int Length, bool IsEscaped);
}
