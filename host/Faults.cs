using Vaka.Plugins.Host.Data;

namespace Vaka.Plugins.Host;

/// <summary>Turns whatever went wrong into what may be shown of it, and logs the rest: one answer for the API and the page.</summary>
internal sealed partial class Faults(ILogger<Faults> log)
{
    public ProblemException ToProblem(Exception exception)
    {
        switch (exception)
        {
            case ProblemException problem:
                return problem;
            case BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge }:
                return new ProblemException(ProblemCode.TooLarge, "The body is larger than this address takes.");
            case BadHttpRequestException bad:
                LogBadRequest(bad);
                return new ProblemException(ProblemCode.InvalidRequest, "The request cannot be understood. /docs says what it should look like.");
            case var _ when DatabaseFault.Is(exception):
                if (DatabaseFault.IsFull(exception)) LogFull(exception);
                else LogDatabase(exception);
                return new ProblemException(ProblemCode.DatabaseUnavailable,
                    "The database cannot do this now. Try again in a moment, and look first whether a change was made after all.")
                {
                    RetryAfter = TimeSpan.FromSeconds(5),
                };
            default:
                LogFault(exception);
                return new ProblemException(ProblemCode.InternalError, "The host failed unexpectedly. Its log has the details.");
        }
    }

    [LoggerMessage(LogLevel.Debug, "A request could not be read")]
    private partial void LogBadRequest(Exception fault);

    [LoggerMessage(LogLevel.Error, "The database could not answer")]
    private partial void LogDatabase(Exception fault);

    [LoggerMessage(LogLevel.Error, "The disk of the database is full: make room. Until then it is read and not written")]
    private partial void LogFull(Exception fault);

    [LoggerMessage(LogLevel.Error, "A request failed unexpectedly")]
    private partial void LogFault(Exception fault);
}
