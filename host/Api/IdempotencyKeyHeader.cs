using Vaka.Plugins.Host.Actions.Idempotency;

namespace Vaka.Plugins.Host.Api;

/// <summary>Idempotency-Key asks for a call to be done once; Idempotency-Replayed says that it had been done before.</summary>
internal static class IdempotencyKeyHeader
{
    public const string Name = "Idempotency-Key";

    public const string ReplayedName = "Idempotency-Replayed";

    /// <summary>Marks an endpoint that reads it, for the document.</summary>
    public static object Honoured { get; } = new Mark(AnswersConflicts: true);

    /// <summary>The same where whatever happens is told in words.</summary>
    public static object HonouredInWords { get; } = new Mark(AnswersConflicts: false);

    /// <summary>The key; <c>null</c>: there is none.</summary>
    /// <exception cref="ProblemException">It is no key, or there are several.</exception>
    public static string? Read(HttpRequest request)
    {
        if (request.Headers[Name] is not [_, ..] keys) return null;
        if (keys is not [{ } key]) throw new ProblemException(ProblemCode.InvalidRequest, "Send one Idempotency-Key, not several.");
        KeyClaim.Check(key);
        return key;
    }

    public static void MarkReplayed(HttpResponse response, bool isReplayed)
    {
        if (isReplayed) response.Headers[ReplayedName] = "true";
    }

    internal sealed record Mark(bool AnswersConflicts);
}
