using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MailKit;
using MailKit.Net.Imap;
using MailKit.Search;
using MimeKit;

namespace Vaka.Plugins.EndToEnd.Tests.Hosts;

/// <summary>The real mail servers that tests/run.sh starts.</summary>
internal static class MailPeer
{
    public static string? Unavailable =>
        Environment.GetEnvironmentVariable("VAKA_TEST_MAIL") is null
            ? "No mail servers run here: VAKA_TEST_MAIL is not set (tests/run.sh starts them)." : null;

    public static string Host => Environment.GetEnvironmentVariable("VAKA_TEST_MAIL")!; // checked by Unavailable

    public static string Fingerprint
    {
        get
        {
            using var certificate = X509CertificateLoader.LoadCertificateFromFile(Environment.GetEnvironmentVariable("VAKA_TEST_MAIL_CERTIFICATE")!);
            return certificate.GetCertHashString(HashAlgorithmName.SHA256);
        }
    }

    public static int Port(string name) => int.Parse(Environment.GetEnvironmentVariable("VAKA_TEST_MAIL_PORTS")!
        .Split(',').Select(pair => pair.Split('=')).Single(pair => pair[0] == name)[1]);

    /// <summary>The config of the submission port, with sign-in and STARTTLS.</summary>
    public static Dictionary<string, object?> Config(string password = "secret") => new()
    {
        ["smtp_host"] = Host,
        ["smtp_port"] = Port("starttls"),
        ["smtp_user"] = "alice@vaka.test",
        ["smtp_password"] = password,
        ["smtp_use_tls"] = true,
        ["pinned_certificate"] = Fingerprint,
        ["from_email"] = "alice@vaka.test",
        ["from_name"] = "Alice",
    };

    /// <summary>Waits for the mail of that subject in a mailbox and reads it.</summary>
    public static async Task<MimeMessage> ReadAsync(string subject, string user = "bot@vaka.test")
    {
        using var client = new ImapClient { ServerCertificateValidationCallback = (_, _, _, _) => true };
        await client.ConnectAsync(Host, Port("imap"), MailKit.Security.SecureSocketOptions.None);
        await client.AuthenticateAsync(user, "secret");
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (true)
        {
            var inbox = client.Inbox ?? throw new InvalidOperationException("A mailbox without an inbox.");
            await inbox.OpenAsync(FolderAccess.ReadOnly, patience.Token);
            foreach (var summary in await inbox.FetchAsync(0, -1, MessageSummaryItems.Envelope | MessageSummaryItems.UniqueId, patience.Token))
            {
                if (summary.Envelope?.Subject == subject) return await inbox.GetMessageAsync(summary.UniqueId, patience.Token);
            }

            await inbox.CloseAsync(false, patience.Token);
            await Task.Delay(100, patience.Token);
        }
    }
}
