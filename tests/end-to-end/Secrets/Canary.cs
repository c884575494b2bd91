using System.Text;

namespace Vaka.Plugins.EndToEnd.Tests.Secrets;

/// <summary>A text that stands nowhere else, and every form in which it could stand somewhere by mistake.</summary>
internal sealed class Canary
{
    private readonly Dictionary<string, string> forms;

    /// <summary>Letters and digits alone: they stay the same in JSON, in a URL and in SQL.</summary>
    public string Text { get; } = $"canary{Guid.NewGuid():N}";

    public Canary()
    {
        var bytes = Encoding.UTF8.GetBytes(Text);
        forms = new()
        {
            ["plain"] = Text,
            ["hexadecimal"] = Convert.ToHexString(bytes),
            ["hexadecimal in lower case"] = Convert.ToHexStringLower(bytes),
            ["UTF-16"] = string.Concat(Text.Select(letter => $"{letter}\0")),
            ["backwards"] = string.Concat(Text.Reverse()),
        };

        // Wherever it begins within its group of three bytes; the ends depend on the neighbours and are left out.
        for (var offset = 0; offset < 3; offset++)
        {
            var base64 = Convert.ToBase64String([.. new byte[offset], .. bytes]).TrimEnd('=');
            forms[$"base64 at {offset}"] = base64[(offset == 0 ? 0 : offset + 1)..^2];
        }
    }

    /// <summary>With every character that some encoding changes.</summary>
    public string Awkward => $"{Text} \"ü\\/&<+%='";

    /// <summary>Another text that must not be found either.</summary>
    public void Add(string name, string text) => forms[name] = text;

    /// <summary>Fails when any form of it stands in the text.</summary>
    public void AssertNotIn(string where, string text)
    {
        foreach (var (name, form) in forms)
        {
            var at = text.IndexOf(form, StringComparison.Ordinal);
            Assert.True(at < 0, at < 0 ? "" : $"{where} holds a secret ({name}): …{text[Math.Max(0, at - 300)..Math.Min(text.Length, at + 100)]}…");
        }
    }
}
