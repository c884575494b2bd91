using System.Text;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.EndToEnd.Tests.Telemetry;

/// <summary>Takes what a host exports by OTLP over HTTP, and reads it by the numbers of
/// https://github.com/open-telemetry/opentelemetry-proto/tree/main/opentelemetry/proto</summary>
internal sealed class Collector : IAsyncDisposable
{
    private readonly HttpPeer peer;

    private Collector(HttpPeer peer) => this.peer = peer;

    public static async Task<Collector> StartAsync() => new(await HttpPeer.StartAsync());

    /// <summary>What has a host export to here.</summary>
    public IReadOnlyList<string> Settings => [$"--Telemetry:Otlp:Endpoint={peer.Address}", "--Telemetry:Otlp:Protocol=http/protobuf", "--Telemetry:Otlp:Headers=X-Collector=here"];

    /// <summary>Variables of the standard, with the host's prefix and without.</summary>
    public static IReadOnlyDictionary<string, string> Environment { get; } = new Dictionary<string, string>
    {
        ["VAKA_OTEL_RESOURCE_ATTRIBUTES"] = "team=blue", ["OTEL_SERVICE_NAME"] = "not-read",
    };

    public IReadOnlyList<RecordedRequest> Requests => peer.Requests;

    /// <summary>Every byte of a signal, as text of one character each.</summary>
    public string Raw(string signal) => string.Concat(Of(signal).Select(request => Encoding.Latin1.GetString(request.Body)));

    public IReadOnlyList<ExportedSpan> Spans =>
    [
        .. from scope in Read("traces").SelectMany(message => message.Messages(1, 2))
           let source = scope.Messages(1).Single().Text(1)
           from span in scope.Messages(2)
           select ExportedSpan.Read(source, span),
    ];

    public IReadOnlyList<string> Metrics => [.. Read("metrics").SelectMany(message => message.Messages(1, 2, 2)).Select(metric => metric.Text(1)).Distinct()];

    public IReadOnlyList<string> LogBodies => [.. Read("logs").SelectMany(message => message.Messages(1, 2, 2, 5)).Select(body => body.Text(1))];

    public ValueTask DisposeAsync() => peer.DisposeAsync();

    private IEnumerable<ProtoMessage> Read(string signal) => Of(signal).Select(request => ProtoMessage.Read(request.Body));

    private IEnumerable<RecordedRequest> Of(string signal) => peer.Requests.Where(request => request.Uri.AbsolutePath == $"/v1/{signal}");
}

/// <summary>A span as it was exported.</summary>
internal sealed record ExportedSpan(
    string Source, string TraceId, string Id, string ParentId, string Name, IReadOnlyDictionary<string, string> Tags, IReadOnlyList<(string TraceId, string Id)> Links,
    bool IsError)
{
    private const ulong Error = 2;

    public static ExportedSpan Read(string source, ProtoMessage span) => new(
        source, span.Hex(1), span.Hex(2), span.Hex(4), span.Text(5),
        span.Messages(9).ToDictionary(tag => tag.Text(1), tag => Value(tag.Messages(2).Single())),
        [.. span.Messages(13).Select(link => (link.Hex(1), link.Hex(2)))],
        span.Messages(15).Any(status => status.Number(3) == Error));

    private static string Value(ProtoMessage value) => value.Has(1) ? value.Text(1) : $"{value.Number(2) + value.Number(3)}"; // a text, else a truth or a number
}
