using System.Net;

namespace Vaka.Plugins.Client;

/// <summary>A call that failed, whatever the reason. <see cref="Code"/> is what a program goes by; the message is fit to be shown, and says
/// what to do.</summary>
public sealed class VakaException : Exception
{
    internal VakaException(HttpStatusCode status, Problem? problem, TimeSpan? retryAfter, bool isReplayed, string? idempotencyKey)
        : base(problem?.Detail ?? Words(status))
    {
        Code = problem?.Code ?? UnexpectedAnswer;
        StatusCode = status;
        Reason = problem?.Reason;
        FailureKind = problem?.FailureKind;
        Errors = problem?.Errors ?? [];
        Trail = problem?.Trail ?? [];
        RetryAfter = problem?.RetryAfterSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : retryAfter;
        IsReplayed = isReplayed;
        IdempotencyKey = idempotencyKey;
    }

    internal VakaException(string code, string detail, string? idempotencyKey, Exception? inner)
        : base(detail, inner)
    {
        Code = code;
        IdempotencyKey = idempotencyKey;
    }

    private const string UnexpectedAnswer = "unexpected_answer";

    /// <summary>The stable name of the error, such as <c>integration_not_configured</c>. Four are the client's own: <c>host_unreachable</c>,
    /// <c>host_timeout</c>, <c>unexpected_answer</c>, when something answered that is no host, and <c>awaiting_approval</c>, when the call waits
    /// for an admin: made again later under the same key it is answered what came of it.</summary>
    public string Code { get; }

    /// <summary>What is wrong and what to do: the same as the message.</summary>
    public string Detail => Message;

    /// <summary>The answer's status; <c>null</c>: there was no answer.</summary>
    public HttpStatusCode? StatusCode { get; private init; }

    /// <summary>With <c>integration_unusable</c>: why, such as <c>secret_undecryptable</c>.</summary>
    public string? Reason { get; }

    /// <summary>What kind of trouble the provider met, such as <c>unauthorized</c> or <c>outcome_unknown</c>.</summary>
    public string? FailureKind { get; }

    /// <summary>What is wrong with which field.</summary>
    public IReadOnlyList<FieldProblem> Errors { get; } = [];

    /// <summary>The integrations that were looked at, and why none was taken.</summary>
    public IReadOnlyList<TrailEntry> Trail { get; } = [];

    /// <summary>How long to wait before trying again; <c>null</c>: that is not known.</summary>
    public TimeSpan? RetryAfter { get; }

    /// <summary>This is what came of the same call before, under the same idempotency key.</summary>
    public bool IsReplayed { get; }

    /// <summary>The key that the call was made under. Made again under the same one within 24 hours, it is done once at most.</summary>
    public string? IdempotencyKey { get; }

    /// <summary>With <c>awaiting_approval</c>: the execution that waits.</summary>
    public Guid? ExecutionId { get; private init; }

    internal static VakaException AwaitingApproval(AcceptedExecution waiting, string? idempotencyKey) => new(
        "awaiting_approval",
        $"It has not been done: an admin has to approve execution {waiting.ExecutionId} first. Call again with the same idempotency key later, or wait for the execution.",
        idempotencyKey, null) { StatusCode = HttpStatusCode.Accepted, ExecutionId = waiting.ExecutionId };

    internal static VakaException Unexpected(HttpStatusCode status, Exception? inner = null) =>
        new(UnexpectedAnswer, Words(status), null, inner);

    private static string Words(HttpStatusCode status) =>
        $"Something answered {(int)status} as no host does. Check that BaseAddress is the host's, and what stands in between.";
}

/// <summary>What is wrong with a field.</summary>
/// <param name="Path">Where, such as <c>config.smtp_port</c> or <c>to[0]</c>.</param>
/// <param name="Message">What is wrong and what to do.</param>
/// <param name="Severity"><c>error</c>, or <c>warning</c> for what was taken all the same.</param>
public sealed record FieldProblem(string Path, string Message, string Severity = "error");

/// <summary>An integration that was looked at.</summary>
/// <param name="Id">Its id; <c>null</c>: it is not the caller's to know.</param>
/// <param name="Name">Its name.</param>
/// <param name="Scope"><c>tenant</c> or <c>platform</c>.</param>
/// <param name="Taken">It is the one that serves.</param>
/// <param name="Reason">Why it was taken or passed over.</param>
public sealed record TrailEntry(Guid? Id, string Name, string Scope, bool Taken, string Reason);
