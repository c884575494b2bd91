using Vaka.Plugins.Smtp.Messages;

namespace Vaka.Plugins.Smtp.Tests.Messages;

public class MailboxTests
{
    [Theory]
    [InlineData("a@b.example", null, "a@b.example")]
    [InlineData("  a@b.example ", null, "a@b.example")]
    [InlineData("root@localhost", null, "root@localhost")]
    [InlineData("o'neil+tag@b.example", null, "o'neil+tag@b.example")]
    [InlineData("Ann <a@b.example>", "Ann", "a@b.example")]
    [InlineData("<a@b.example>", null, "a@b.example")]
    [InlineData("Doe, John <a@b.example>", "Doe, John", "a@b.example")]
    [InlineData("\"Doe, \\\"J\\\" <x>\" <a@b.example>", "Doe, \"J\" <x>", "a@b.example")]
    [InlineData("\"a@b.example\" <a@b.example>", "a@b.example", "a@b.example")]
    [InlineData("Jürgen Müller <j@bücher.example>", "Jürgen Müller", "j@bücher.example")]
    [InlineData("josé@b.example", null, "josé@b.example")]
    [InlineData("jose\u0301@b.example", null, "jose\u0301@b.example")]
    public void TryParse_Address_TakesItApart(string text, string? name, string address)
    {
        Assert.True(Mailbox.TryParse(text, out var mailbox, out _));
        Assert.Equal((name, address), (mailbox.Name, mailbox.Address));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("@b.example")]
    [InlineData("a@")]
    [InlineData("a b@c.example")]
    [InlineData("a@b c.example")]
    [InlineData("a@b..example")]
    [InlineData("a@-b.example")]
    [InlineData("a@b.example.")]
    [InlineData(".a@b.example")]
    [InlineData("a..b@c.example")]
    [InlineData("a@b@c.example")]
    [InlineData("\"a b\"@c.example")]
    [InlineData("a@[127.0.0.1]")]
    [InlineData("a@b.example, c@d.example")]
    [InlineData("a@b.example;c@d.example")]
    [InlineData("a@b.example, C <c@d.example>")]
    [InlineData("A <a@b.example>, C <c@d.example>")]
    [InlineData("A <a@b.example> x")]
    [InlineData("A <<a@b.example>>")]
    [InlineData("group: a@b.example;")]
    [InlineData("a@b.example (comment)")]
    [InlineData("a@b.example\r\nRCPT TO:<c@d.example>")]
    [InlineData("A\nBcc: c@d.example <a@b.example>")]
    [InlineData("a\0@b.example")]
    [InlineData("a>@b.example")]
    [InlineData("a@b.example> SIZE=1")]
    public void TryParse_AnythingElse_SaysWhy(string text)
    {
        Assert.False(Mailbox.TryParse(text, out _, out var problem));
        Assert.NotEmpty(problem);
    }

    [Theory]
    [InlineData("a@bücher.example", "xn--bcher-kva.example", false)]
    [InlineData("josé@b.example", "b.example", true)]
    [InlineData("a@b.example", "b.example", false)]
    public void TryParse_International_OnlyTheLocalPartNeedsUtf8(string text, string domain, bool needsUtf8)
    {
        Assert.True(Mailbox.TryParse(text, out var mailbox, out _));
        Assert.Equal((domain, needsUtf8), (mailbox.AsciiDomain, mailbox.NeedsUtf8));
    }
}
