using Microsoft.Extensions.Configuration;
using OpenTelemetry.Exporter;
using Vaka.Plugins.Host.Telemetry;

namespace Vaka.Plugins.Host.Tests.Telemetry;

public class TelemetryOptionsTests
{
    [Fact]
    public void Read_Nothing_ExportsNothing() => Assert.Equal(new TelemetryOptions(), Read());

    [Theory]
    [InlineData("grpc", OtlpExportProtocol.Grpc, "http://collector:4317/")]
    [InlineData("HTTP/protobuf ", OtlpExportProtocol.HttpProtobuf, "http://collector:4317/v1/traces")]
    public void Read_Everything_IsTaken(string protocol, OtlpExportProtocol expected, string traces)
    {
        var options = Read(
            ("Telemetry:Otlp:Endpoint", "http://collector:4317"), ("Telemetry:Otlp:Protocol", protocol), ("Telemetry:Otlp:Headers", "a=b,c=d"),
            ("Telemetry:SampleRatio", "0.25"));
        Assert.Equal((expected, "a=b,c=d", 0.25), (options.Protocol, options.Headers, options.SampleRatio));
        Assert.Equal(traces, options.EndpointOf("traces")?.AbsoluteUri);
    }

    [Theory]
    [InlineData("Telemetry:Otlp:Endpoint", "collector:4317")]
    [InlineData("Telemetry:Otlp:Endpoint", "http://hidden@collector:4317")]
    [InlineData("Telemetry:Otlp:Endpoint", "http://collector:4317?key=hidden")]
    [InlineData("Telemetry:Otlp:Protocol", "http/json")]
    [InlineData("Telemetry:Otlp:Headers", "hidden")]
    [InlineData("Telemetry:SampleRatio", "2")]
    [InlineData("Telemetry:SampleRatio", "all")]
    public void Read_Wrong_IsNamedWithoutWhatMayBeSecret(string setting, string value)
    {
        var refused = Assert.Throws<StartupException>(() => Read((setting, value)));
        Assert.StartsWith(setting, refused.Message);
        Assert.DoesNotContain("hidden", refused.Message);
    }

    private static TelemetryOptions Read(params (string Name, string Value)[] settings) => TelemetryOptions.Read(new ConfigurationBuilder()
        .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create<string, string?>(setting.Name, setting.Value))).Build());
}
