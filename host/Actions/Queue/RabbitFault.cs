using System.Net.Sockets;
using System.Security.Authentication;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;

namespace Vaka.Plugins.Host.Actions.Queue;

/// <summary>Why RabbitMQ cannot be used.</summary>
/// <param name="Word">For <c>/readyz</c>, before "since".</param>
/// <param name="Reason">For the log: what it is and what to do. Without secrets.</param>
internal sealed record RabbitFault(string Word, string Reason)
{
    private const ushort AccessRefused = 403;
    private const ushort PreconditionFailed = 406;
    private const ushort NotAllowed = 530;

    /// <summary>Whether the broker or the way to it is to blame.</summary>
    public static bool Is(Exception exception) => exception is RabbitMQClientException or IOException or SocketException or TimeoutException
        or AuthenticationException or OperationCanceledException or InvalidOperationException;

    public static RabbitFault Of(Exception exception)
    {
        var causes = Causes(exception).ToList();
        if (causes.OfType<OperationInterruptedException>().FirstOrDefault() is { ShutdownReason: { } shutdown } && Of(shutdown) is { } said) return said;
        if (causes.Any(cause => cause is AuthenticationFailureException or PossibleAuthenticationFailureException))
            return new("sign-in refused", "It refuses the user name or password in Queue:RabbitMq. Correct the setting, or make the user (rabbitmqctl add_user).");
        if (causes.OfType<AuthenticationException>().FirstOrDefault() is { } tls)
            return new("certificate not accepted", $"TLS fails: {tls.Message} The certificate has to be valid for the name in Queue:RabbitMq, of an issuer that this machine trusts.");
        if (causes[^1] is OperationCanceledException or TimeoutException)
            return new("unresponsive", $"It does not answer in time. A quorum queue without a majority of its members does that: see rabbitmq-queues quorum_status {RabbitLink.QueueName}.");
        return new("unreachable", $"{causes[^1].Message.TrimEnd('.')}. Check that it runs and that Queue:RabbitMq names its host and port.");
    }

    private static RabbitFault? Of(ShutdownEventArgs shutdown) => shutdown.ReplyCode switch
    {
        AccessRefused when shutdown.ReplyText.Contains("login", StringComparison.OrdinalIgnoreCase) => null,
        AccessRefused => new(
            "access refused", $"The user in Queue:RabbitMq may not configure, write and read the queue '{RabbitLink.QueueName}'. Permit it (rabbitmqctl set_permissions)."),
        PreconditionFailed => new(
            "queue refused", $"There is a queue '{RabbitLink.QueueName}' of another kind. Delete it: it is made again, and what it held is in the database."),
        NotAllowed => new(
            "virtual host refused", "There is no such virtual host as Queue:RabbitMq names, or its user may not use it (rabbitmqctl add_vhost, set_permissions)."),
        _ => null,
    };

    private static IEnumerable<Exception> Causes(Exception exception)
    {
        for (Exception? cause = exception; cause is not null; cause = cause is AggregateException several ? several.InnerExceptions[0] : cause.InnerException)
            yield return cause;
    }
}
