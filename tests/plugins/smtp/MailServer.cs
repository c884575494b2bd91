using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using MailKit;
using MailKit.Net.Imap;
using MailKit.Search;
using MailKit.Security;
using MimeKit;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.Smtp.Tests;

/// <summary>A real postfix with a real dovecot behind it, as the environment names it.</summary>
internal sealed class MailServer
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Dictionary<string, int> ports;
    private readonly string fingerprint;

    private MailServer(string host, string ports, string certificate)
    {
        Host = host;
        this.ports = ports.Split(',').Select(pair => pair.Split('=')).ToDictionary(
            pair => pair[0], pair => int.Parse(pair[1], CultureInfo.InvariantCulture));
        using var loaded = X509CertificateLoader.LoadCertificateFromFile(certificate);
        fingerprint = TestCertificates.Fingerprint(loaded);
    }

    public string Host { get; }

    /// <summary>Port 25's like: no TLS, no sign-in.</summary>
    public SmtpConfig Plain => Given.Config(Host, ports["plain"]);

    /// <summary>Port 587's like.</summary>
    public SmtpConfig StartTls => SignedIn("starttls") with { Security = SmtpSecurity.Starttls };

    /// <summary>Port 465's like.</summary>
    public SmtpConfig ImplicitTls => SignedIn("tls") with { Security = SmtpSecurity.ImplicitTls };

    /// <summary>The server, or a skipped test.</summary>
    public static MailServer Get()
    {
        var host = Environment.GetEnvironmentVariable("VAKA_TEST_MAIL");
        var ports = Environment.GetEnvironmentVariable("VAKA_TEST_MAIL_PORTS");
        var certificate = Environment.GetEnvironmentVariable("VAKA_TEST_MAIL_CERTIFICATE");
        Assert.SkipWhen(host is null || ports is null || certificate is null, "No mail server: VAKA_TEST_MAIL, _PORTS and _CERTIFICATE "
            + "are not set.");
        return new(host, ports, certificate);
    }

    /// <summary>Reads the one mail with this subject in somebody's inbox, as soon as it is there.</summary>
    public async Task<MimeMessage> ReceiveAsync(string user, string subject)
    {
        using var patience = new CancellationTokenSource(Patience);
        using var client = new ImapClient();
        await client.ConnectAsync(Host, ports["imap"], SecureSocketOptions.None, patience.Token);
        await client.AuthenticateAsync(user, "secret", patience.Token);
        var inbox = client.Inbox;
        Assert.NotNull(inbox);
        await inbox.OpenAsync(FolderAccess.ReadOnly, patience.Token);
        while (true)
        {
            var found = await inbox.SearchAsync(SearchQuery.HeaderContains("X-Test", subject), patience.Token);
            if (found.Count > 0)
            {
                return await inbox.GetMessageAsync(Assert.Single(found), patience.Token);
            }

            await client.NoOpAsync(patience.Token);
        }
    }

    private SmtpConfig SignedIn(string port) => Given.Config(Host, ports[port]) with
    {
        SmtpUseTls = true, PinnedCertificate = fingerprint, SmtpUser = "alice@vaka.test", SmtpPassword = new SecretString("secret"),
    };
}
