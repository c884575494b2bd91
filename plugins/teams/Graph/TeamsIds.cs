namespace Vaka.Plugins.Teams.Graph;

/// <summary>What ids look like. They become parts of paths, so that nothing else is let through.</summary>
internal static class TeamsIds
{
    public const string TeamShape = "A team id is a GUID: list_teams answers it, and so does 'Get link to team' in Teams (groupId).";
    public const string ChannelShape = "A channel id looks like 19:…@thread.tacv2: list_channels answers it.";
    public const string MessageShape = "A message id is a number such as 1616990032035: post_channel_message answers it.";

    public static bool IsGuid(string id) => Guid.TryParseExact(id, "D", out _);

    public static bool IsChannel(string id) =>
        id.Length <= 200 && id.StartsWith("19:", StringComparison.Ordinal) && id.Contains('@', StringComparison.Ordinal)
        && id.All(character => char.IsAsciiLetterOrDigit(character) || character is ':' or '@' or '.' or '_' or '-');

    public static bool IsMessage(string id) => id.Length is > 0 and <= 20 && id.All(char.IsAsciiDigit);

    public static bool IsDomain(string name) =>
        name.Length <= 253 && name.Contains('.', StringComparison.Ordinal)
        && name.Split('.').All(label => label.Length is > 0 and <= 63 && label.All(IsOfName));

    private static bool IsOfName(char character) => char.IsAsciiLetterOrDigit(character) || character is '-';
}
