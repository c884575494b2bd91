using System.Text.Json;

namespace Vaka.Plugins.Benchmarks.Servers;

/// <summary>What a user would write instead: the address in the code, no tenants, no keys, no records, no checks.</summary>
internal static class PlainApp
{
    public const string Role = "plain-app";

    public static Task RunAsync(int port, Uri webhook, int mailPort)
    {
        var builder = QuietBuilder(port);
        builder.Services.AddSingleton(new HttpClient());
        builder.Services.AddSingleton(new PlainMail(mailPort, connections: 4));
        var app = builder.Build();
        app.MapPost("/push", async (JsonElement data, HttpClient http, CancellationToken cancellationToken) =>
        {
            using var response = await http.PostAsJsonAsync(webhook, data, cancellationToken);
            response.EnsureSuccessStatusCode();
            return new Pushed((int)response.StatusCode, await response.Content.ReadAsStringAsync(cancellationToken));
        });
        app.MapPost("/mail", async (Mail mail, PlainMail sender, CancellationToken cancellationToken) =>
            new Sent(await sender.SendAsync(mail, cancellationToken)));
        return app.RunAsync();
    }

    /// <summary>As the template makes it, with the log level that the template and the host set.</summary>
    public static WebApplicationBuilder QuietBuilder(int port)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Information).AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        return builder;
    }

    private sealed record Pushed(int StatusCode, string Body);

    private sealed record Sent(string MessageId);
}

/// <summary>A mail as the plain program takes it.</summary>
internal sealed record Mail(string[] To, string Subject, string Text, string Html);
