namespace Vaka.Plugins.Host.Network;

/// <summary>The ways in which reaching out fails, each with what it says about effects on the other side.</summary>
internal static class OutboundFailure
{
    /// <summary>We do not go there as configured.</summary>
    public static IntegrationException Refused(string message, Exception? inner = null) =>
        new(FailureKind.InvalidConfiguration, message, inner) { Effect = Effect.None };

    /// <summary>We did not get there.</summary>
    public static IntegrationException Unreachable(string message, Exception? inner = null) =>
        new(FailureKind.Unavailable, message, inner) { Effect = Effect.None };

    /// <summary>We got there, and what happened after is not known.</summary>
    public static IntegrationException Interrupted(string message, Exception? inner = null) =>
        new(FailureKind.Unavailable, message, inner) { Effect = Effect.Possible };

    /// <summary>The other side answered more than we take.</summary>
    public static IntegrationException TooLarge(string message, Exception? inner = null) =>
        new(FailureKind.Rejected, message, inner) { Effect = Effect.Possible };

    /// <summary>We got there, and the other side would not speak TLS; nothing else was sent.</summary>
    public static IntegrationException NoTls(string host, Exception inner) => Unreachable(
        $"The TLS handshake with {host} failed. Check that the port speaks TLS 1.2 or later and, if a client certificate is configured, "
        + "that the server takes it.",
        inner);

    /// <summary>The failure of ours that the platform has wrapped in its own, or <c>null</c>. A new exception, since one failed
    /// connection may answer several requests.</summary>
    public static IntegrationException? FindKnown(Exception exception)
    {
        for (var inner = exception.InnerException; inner is not null; inner = inner.InnerException)
        {
            if (inner is IntegrationException known)
            {
                return new IntegrationException(known.Kind, known.Message, exception) { Effect = known.Effect };
            }
        }

        return null;
    }
}
