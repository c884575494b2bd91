using System.Globalization;
using OpenTelemetry.Exporter;

namespace Vaka.Plugins.Host.Telemetry;

/// <summary>Section <c>Telemetry</c>.</summary>
internal sealed record TelemetryOptions
{
    /// <summary>Where traces, metrics and logs are sent by OTLP; <c>null</c>, the default: nowhere, and no trace is made.</summary>
    public Uri? Endpoint { get; init; }

    public OtlpExportProtocol Protocol { get; init; } = OtlpExportProtocol.Grpc;

    /// <summary>Sent with every export, as <c>name=value,name=value</c>; they may hold a token and are shown nowhere.</summary>
    public string? Headers { get; init; }

    /// <summary>The share of traces that are kept where the caller has not decided, 0 to 1. Default: all.</summary>
    public double SampleRatio { get; init; } = 1;

    /// <exception cref="StartupException">A setting is wrong.</exception>
    public static TelemetryOptions Read(IConfiguration configuration) => new()
    {
        Endpoint = ReadEndpoint(configuration["Telemetry:Otlp:Endpoint"]),
        Protocol = ReadProtocol(configuration["Telemetry:Otlp:Protocol"]),
        Headers = ReadHeaders(configuration["Telemetry:Otlp:Headers"]),
        SampleRatio = ReadRatio(configuration["Telemetry:SampleRatio"]),
    };

    /// <summary>Where one signal goes. The protocol over HTTP has a path for each of them.</summary>
    /// <param name="signal">Such as <c>traces</c>.</param>
    public Uri? EndpointOf(string signal) => Endpoint is null || Protocol is OtlpExportProtocol.Grpc
        ? Endpoint
        : new Uri($"{Endpoint.AbsoluteUri.TrimEnd('/')}/v1/{signal}");

    private static Uri? ReadEndpoint(string? text)
    {
        if (string.IsNullOrWhiteSpace(text)) return null;
        return Uri.TryCreate(text.Trim(), UriKind.Absolute, out var address) && address.Scheme is "http" or "https" && address.UserInfo.Length == 0
            && address.Query.Length == 0 && address.Fragment.Length == 0
            ? address
            : throw new StartupException(
                "Telemetry:Otlp:Endpoint is not an address of a collector. Give one such as http://collector.example.com:4317, with nothing after it; "
                + "what it asks for as a credential goes into Telemetry:Otlp:Headers.");
    }

    private static OtlpExportProtocol ReadProtocol(string? text) => text?.Trim().ToLowerInvariant() switch
    {
        null or "" or "grpc" => OtlpExportProtocol.Grpc,
        "http/protobuf" => OtlpExportProtocol.HttpProtobuf,
        var other => throw new StartupException($"Telemetry:Otlp:Protocol is '{other}'. It is one of: grpc, http/protobuf."),
    };

    private static string? ReadHeaders(string? text)
    {
        if (string.IsNullOrWhiteSpace(text)) return null;
        return text.Split(',').All(pair => pair.IndexOf('=', StringComparison.Ordinal) > 0)
            ? text
            : throw new StartupException("Telemetry:Otlp:Headers is not a list of headers. Write name=value,name=value, with ',' in a value as %2C."); // it may hold a token
    }

    private static double ReadRatio(string? text)
    {
        if (string.IsNullOrWhiteSpace(text)) return 1;
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var ratio) && ratio is >= 0 and <= 1
            ? ratio
            : throw new StartupException($"Telemetry:SampleRatio is '{text}'. It is a number from 0 to 1, such as 0.1.");
    }
}
