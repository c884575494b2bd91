namespace Vaka.Plugins.Slack.Messages;

/// <summary>Slack's timestamps are ids: they are kept as text, digit for digit.</summary>
internal static class Timestamps
{
    public const string Pattern = @"[0-9]{1,20}\.[0-9]{1,20}";
    public const string Expected = "A timestamp of Slack's is text such as 1503435956.000247: give it as post_message answered it.";
}
