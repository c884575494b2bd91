namespace Vaka.Plugins.Host.Access;

/// <summary>How strangers are treated. Section <c>Access</c>.</summary>
internal sealed class AccessOptions
{
    public const string Section = "Access";

    /// <summary>How many keys, tokens and sign-in codes of one address may fail within a minute before it is told to wait. Default: 60.</summary>
    public int FailedAttemptsPerMinute { get; set; } = 60;

    /// <summary>How many requests of one address the addresses of single sign-on answer within a minute. Default: 6000, since many people may
    /// share an address.</summary>
    public int SignInRequestsPerMinute { get; set; } = 6000;
}
