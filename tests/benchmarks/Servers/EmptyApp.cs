namespace Vaka.Plugins.Benchmarks.Servers;

/// <summary>The least that an ASP.NET Core app can be.</summary>
internal static class EmptyApp
{
    public const string Role = "empty-app";

    public static Task RunAsync(int port)
    {
        var app = PlainApp.QuietBuilder(port).Build();
        app.MapGet("/", () => "Hello World!");
        return app.RunAsync();
    }
}
