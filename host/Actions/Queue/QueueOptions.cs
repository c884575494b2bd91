using System.Globalization;
using System.Net.Security;
using RabbitMQ.Client;

namespace Vaka.Plugins.Host.Actions.Queue;

/// <summary>Section <c>Queue</c>.</summary>
internal sealed record QueueOptions
{
    public const int MostPrefetch = 10_000;

    /// <summary>How to reach RabbitMQ; <c>null</c>, the default: there is none.</summary>
    public ConnectionFactory? RabbitMq { get; init; }

    /// <summary>How many messages a host is given before it has said what became of the first of them; default 50. More makes a single host
    /// faster, less shares better between several.</summary>
    public ushort Prefetch { get; init; } = 50;

    /// <exception cref="StartupException">A setting is wrong. The message never shows the address: it holds a password.</exception>
    public static QueueOptions Read(IConfiguration configuration)
    {
        var read = new QueueOptions { RabbitMq = ReadAddress(configuration["Queue:RabbitMq"]), Prefetch = ReadPrefetch(configuration["Queue:Prefetch"]) };
        var isShared = "postgres".Equals(configuration["Database:Provider"]?.Trim(), StringComparison.OrdinalIgnoreCase);
        return read.RabbitMq is null || isShared
            ? read
            : throw new StartupException("Queue:RabbitMq shares work between hosts, which need a database that they share. Set Database:Provider to postgres, or leave it out.");
    }

    private static ConnectionFactory? ReadAddress(string? text)
    {
        if (string.IsNullOrWhiteSpace(text)) return null;
        if (!Uri.TryCreate(text.Trim(), UriKind.Absolute, out var address) || address.Scheme is not ("amqp" or "amqps")
            || address.Host.Length == 0 || address.Query.Length > 0 || address.Fragment.Length > 0) throw Refused();
        try
        {
            var factory = new ConnectionFactory
            {
                Uri = address,
                ClientProvidedName = $"vaka-plugins on {Environment.MachineName}",
                AutomaticRecoveryEnabled = false, // RabbitQueue says why
                TopologyRecoveryEnabled = false,
                RequestedHeartbeat = TimeSpan.FromSeconds(10),
                RequestedConnectionTimeout = TimeSpan.FromSeconds(5),
                ContinuationTimeout = TimeSpan.FromSeconds(10),
            };

            // An amqps address has made it take a certificate of any name.
            factory.Ssl.AcceptablePolicyErrors = SslPolicyErrors.None;
            return factory;
        }
        catch (ArgumentException)
        {
            throw Refused(); // what it says would show the password
        }
    }

    private static ushort ReadPrefetch(string? text)
    {
        if (string.IsNullOrWhiteSpace(text)) return new QueueOptions().Prefetch;
        return ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count is >= 1 and <= MostPrefetch
            ? count
            : throw new StartupException($"Queue:Prefetch is '{text}'. Give a whole number from 1 to {MostPrefetch}, such as 50.");
    }

    private static StartupException Refused() => new(
        "Queue:RabbitMq is not an address of RabbitMQ. Give one such as amqps://user:password@rabbitmq.example.com:5671/vhost, with nothing after it; "
        + "in user name, password and virtual host '/' is written %2F, ':' %3A, '@' %40, '#' %23, '?' %3F and '%' %25.");
}
