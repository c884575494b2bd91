namespace Vaka.Plugins.Sso.Logins;

/// <summary>The checks of one login or logout, one by one, for the admin: what the browser shows is one neutral sentence. Messages hold
/// configured values and short, bounded pieces of what arrived, never tokens, assertions or people's attributes.</summary>
internal sealed class LoginTrace(IntegrationContext context)
{
    private const int LongestPiece = 200;

    private long last = context.Clock.GetTimestamp();

    public void Passed(string check, string message) => Report(check, true, message);

    /// <summary>Something that is accepted and wants attention, such as an expired certificate.</summary>
    public void Noted(string check, string message) => Report(check, true, $"Warning: {message}");

    /// <summary>Notes the failed check and makes the refusal to throw.</summary>
    /// <param name="check">The check's stable name, such as <c>signature</c>, <c>audience</c>, <c>nonce</c>.</param>
    /// <param name="message">What is wrong and what to do.</param>
    /// <param name="inner">What it came from; logged, never shown.</param>
    public IntegrationException Refused(string check, string message, Exception? inner = null)
    {
        Report(check, false, message);
        return new IntegrationException(FailureKind.Rejected, $"Login refused ({check}): {message}", inner) { Effect = Effect.None };
    }

    /// <summary>Notes the trouble that a check meets on its way, such as an identity provider that does not answer.</summary>
    public async Task<T> TryAsync<T>(string check, Func<Task<T>> attempt)
    {
        try
        {
            return await attempt().ConfigureAwait(false);
        }
        catch (IntegrationException failure)
        {
            Report(check, false, failure.Message);
            throw;
        }
    }

    /// <summary>A piece of what arrived, short and printable, in quotes.</summary>
    public static string Shown(string? arrived) => arrived is null
        ? "nothing"
        : $"'{string.Concat(arrived.Take(LongestPiece).Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '\uFFFD' : c))}{(arrived.Length > LongestPiece ? "…" : "")}'";

    private void Report(string check, bool ok, string message)
    {
        context.ReportStep(new ProbeStep(check, ok, message, context.Clock.GetElapsedTime(last)));
        last = context.Clock.GetTimestamp();
    }
}
