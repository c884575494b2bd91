using System.Text.RegularExpressions;
using Vaka.Plugins.EndToEnd.Tests.Hosts;

namespace Vaka.Plugins.EndToEnd.Tests.Authors;

/// <summary>The tutorial in plugins/README.md, as somebody follows it who does what it says and nothing else.</summary>
internal sealed partial class Tutorial : IAsyncDisposable
{
    private readonly IReadOnlyDictionary<string, string> environment;
    private readonly Dictionary<string, Server> servers = [];
    private string said = "";

    public Tutorial(string directory, IReadOnlyDictionary<string, string> environment)
    {
        Terminal = new Terminal(directory, environment);
        this.environment = environment;
    }

    public Terminal Terminal { get; }

    /// <summary>What was started on the way, by its command.</summary>
    public IReadOnlyDictionary<string, Server> Servers => servers;

    /// <summary>Its blocks of code, in their order.</summary>
    /// <param name="edit">What the test has to change, such as ports.</param>
    public static async Task<IReadOnlyList<(string Language, string Text)>> ReadAsync(Func<string, string> edit)
    {
        var readme = await File.ReadAllTextAsync(Path.Combine(HostProcess.Repository, "plugins", "README.md"));
        var section = readme[readme.IndexOf("## Ten minutes", StringComparison.Ordinal)..];
        section = section[..section.IndexOf("\n## ", StringComparison.Ordinal)];
        return [.. Block.Matches(section).Select(block => (block.Groups[1].Value, edit(block.Groups[2].Value)))];
    }

    public Task FollowAsync(string language, string text) => language switch
    {
        "sh" when EndlessRun.IsMatch(text) => StartAsync(text.Trim()),
        "sh" => RunAsync(text),
        "json" => CompareAsync(text),
        "csharp" => File.WriteAllTextAsync(FileOf(text, "// "), text),
        "diff" => ChangeAsync(text),
        _ => throw new NotSupportedException($"Nobody knows what to do with a block of {language}."),
    };

    public async ValueTask DisposeAsync()
    {
        foreach (var server in servers.Values) await server.DisposeAsync();
        await Terminal.DisposeAsync();
    }

    private async Task RunAsync(string commands) => said = await Terminal.RunAsync(commands);

    private async Task StartAsync(string command)
    {
        var server = new Server(command, Terminal.Directory, environment);
        servers.Add(command, server);
        await server.SaysAsync(command.EndsWith(".cs", StringComparison.Ordinal) ? "listens" : "Application started");
    }

    /// <summary>What was said is what the page shows, with anything for an ellipsis; line breaks are the page's own.</summary>
    private Task CompareAsync(string shown)
    {
        var pattern = Regex.Escape(Spaces.Replace(shown, "")).Replace("…", ".*?", StringComparison.Ordinal);
        Assert.Matches($"^{pattern}$", Spaces.Replace(said, ""));
        return Task.CompletedTask;
    }

    private async Task ChangeAsync(string diff)
    {
        var file = FileOf(diff, "--- ");
        var lines = diff.TrimEnd('\n').Split('\n')[1..];
        var old = string.Concat(lines.Where(line => line[0] is ' ' or '-').Select(line => line[1..] + "\n"));
        var text = await File.ReadAllTextAsync(file);
        Assert.Equal(2, text.Split(old).Length);
        await File.WriteAllTextAsync(file, text.Replace(old, string.Concat(lines.Where(line => line[0] is ' ' or '+').Select(line => line[1..] + "\n"))));
    }

    // The first line names it.
    private string FileOf(string text, string mark)
    {
        Assert.StartsWith(mark, text);
        var file = Path.Combine(Terminal.Directory, text.Split('\n')[0][mark.Length..]);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!); // it lies in a folder
        return file;
    }

    [GeneratedRegex("^```([a-z]+)\n(.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block { get; }

    // A command of the host ends; the host itself does not.
    [GeneratedRegex(@"\Adotnet run( --project \S+)?( \S+\.cs)?\s*\z")]
    private static partial Regex EndlessRun { get; }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces { get; }
}
