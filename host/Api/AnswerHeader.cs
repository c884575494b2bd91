namespace Vaka.Plugins.Host.Api;

/// <summary>A header of an endpoint's answers of success, for the document.</summary>
internal sealed record AnswerHeader(string Name, string Description)
{
    public static AnswerHeader ETag { get; } = new("ETag", "The integration's revision, for If-Match.");

    public static AnswerHeader ContentDisposition { get; } = new("Content-Disposition", "A name for the file.");
}
