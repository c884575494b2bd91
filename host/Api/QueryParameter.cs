namespace Vaka.Plugins.Host.Api;

/// <summary>A query parameter that an endpoint reads by <see cref="QueryReader"/>: what it takes, for the reader and the document alike.</summary>
/// <param name="Name">As it is written in the address.</param>
/// <param name="Type">The type of its value; an enum's names are its values.</param>
/// <param name="Description">One sentence.</param>
/// <param name="IsRequired">It must be given.</param>
internal sealed record QueryParameter(string Name, Type Type, string Description, bool IsRequired = false)
{
    public static QueryParameter Limit { get; } = new("limit", typeof(int), "How many, from 1 to 200; default 50.");

    public static QueryParameter Cursor { get; } = new("cursor", typeof(string), "next_cursor of the page before.");
}
