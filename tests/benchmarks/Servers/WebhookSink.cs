namespace Vaka.Plugins.Benchmarks.Servers;

/// <summary>Takes what is posted and says so: where both sides' webhooks end.</summary>
internal static class WebhookSink
{
    public const string Role = "webhook-sink";

    public static Task RunAsync(int port)
    {
        var builder = PlainApp.QuietBuilder(port);
        var app = builder.Build();
        app.MapPost("/hook", async (HttpRequest request) =>
        {
            await request.Body.CopyToAsync(Stream.Null);
            return Results.Text("""{"ok":true}""", "application/json");
        });
        app.MapPost("/slow", async (HttpRequest request) =>
        {
            await request.Body.CopyToAsync(Stream.Null);
            await Task.Delay(50);
            return Results.Ok();
        });
        return app.RunAsync();
    }
}
