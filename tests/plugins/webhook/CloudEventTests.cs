using System.Text.Json.Nodes;

namespace Vaka.Plugins.Webhook.Tests;

public sealed class CloudEventTests : IAsyncDisposable
{
    private readonly WebhookTest test = new();

    public ValueTask DisposeAsync() => test.DisposeAsync();

    [Fact]
    public async Task Binary_PutsAttributesInHeadersAndLeavesTheBody()
    {
        test.Host.DeduplicationKey = "k";

        var sent = await test.SendAsync(
            WebhookTest.Config(""" "format": "cloudevents_binary", "cloud_event_source": "https://example.com/orders" """),
            WebhookTest.Input("""{"a":1.0}""", """ "event_type": "com.example.order created \"ü\" 5%" """));

        Assert.Equal("""{"a":1.0}""", sent.BodyText);
        Assert.Equal("application/json", sent.Header("Content-Type"));
        Assert.Equal("1.0", sent.Header("ce-specversion"));
        Assert.Equal("msg_k", sent.Header("ce-id"));
        Assert.Equal("https://example.com/orders", sent.Header("ce-source"));
        Assert.Equal("com.example.order%20created%20%22%C3%BC%22%205%25", sent.Header("ce-type"));
        Assert.Equal("2026-01-01T12:00:00.000Z", sent.Header("ce-time"));
        Assert.Null(sent.Header("webhook-event-type"));
    }

    [Fact]
    public async Task Binary_WithoutTypeAndSource_NamesItself()
    {
        var sent = await test.SendAsync(WebhookTest.Config(""" "format": "cloudevents_binary" """));

        Assert.Equal("vaka.webhook.data_pushed", sent.Header("ce-type"));
        Assert.Equal($"urn:vaka:integration:{test.Host.IntegrationId}", sent.Header("ce-source"));
    }

    [Fact]
    public async Task Binary_MethodWithoutBody_StillCarriesTheAttributes()
    {
        var sent = await test.SendAsync(
            WebhookTest.Config(""" "format": "cloudevents_binary", "method": "GET" """), WebhookTest.Input("null"));

        Assert.NotNull(sent.Header("ce-id"));
        Assert.Null(sent.Header("Content-Type"));
    }

    [Fact]
    public async Task Structured_WrapsTheDataAndKeepsItsBytes()
    {
        test.Host.DeduplicationKey = "k";

        var sent = await test.SendAsync(
            WebhookTest.Config(""" "format": "cloudevents_structured" """),
            WebhookTest.Input("""{ "a":1.0, "n": 12345678901234567890 }""", """ "event_type": "com.example.x" """));

        Assert.StartsWith("application/cloudevents+json", sent.Header("Content-Type"));
        var envelope = sent.BodyJson!.AsObject();
        Assert.EndsWith(""","data":{ "a":1.0, "n": 12345678901234567890 }}""", sent.BodyText);
        envelope.Remove("data");
        Assert.True(JsonNode.DeepEquals(envelope, JsonNode.Parse(
            $$"""
            {"specversion": "1.0", "id": "msg_k", "source": "urn:vaka:integration:{{test.Host.IntegrationId}}", "type": "com.example.x",
             "time": "2026-01-01T12:00:00.000Z", "datacontenttype": "application/json"}
            """)));
        Assert.Null(sent.Header("ce-id"));
    }

    [Fact]
    public async Task Plain_WithEventType_SendsItInAHeader()
    {
        var sent = await test.SendAsync(WebhookTest.Config(), WebhookTest.Input(more: """ "event_type": "order.created" """));

        Assert.Equal("order.created", sent.Header("webhook-event-type"));
    }

    [Fact]
    public async Task EventType_WithLineBreak_IsRefused()
    {
        var failure = await test.FailAsync(WebhookTest.Config(), WebhookTest.Input(more: """ "event_type": "a\r\nb" """));

        Assert.Equal("event_type", Assert.Single(failure.Errors).Path);
    }
}
