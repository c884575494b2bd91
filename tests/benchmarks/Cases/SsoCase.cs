using System.Buffers.Text;
using System.Diagnostics;
using System.IO.Compression;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using Vaka.Plugins.Benchmarks.Measuring;
using Vaka.Plugins.Benchmarks.Servers;
using Vaka.Plugins.Sso;
using Vaka.Plugins.Sso.Logins;
using Vaka.Plugins.Sso.Saml;
using Vaka.Plugins.Sso.Saml.Keys;
using Vaka.Plugins.Sso.Saml.Metadata;
using Vaka.Plugins.Sso.Saml.Requests;
using Vaka.Plugins.Sso.Saml.Responses;
using Vaka.Plugins.Sso.Tests.Saml.Minting;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.Benchmarks.Cases;

/// <summary>What a SAML response costs to read and a hostile one to refuse, and how many logins a second a host completes.</summary>
internal static class SsoCase
{
    private const int Reads = 500;
    private const int Logins = 1_000;
    private const int Callers = 16;

    private static readonly SsoConfig Config = new() { Protocol = SsoProtocol.Saml };

    public static async Task RunAsync(Table table)
    {
        await using var test = new ProviderTestContext(new SsoProvider());
        foreach (var (signed, encrypted) in new[]
        {
            (Signed.Assertion, Encrypted.No), (Signed.Response, Encrypted.No), (Signed.Both, Encrypted.No), (Signed.Assertion, Encrypted.Cbc),
            (Signed.Both, Encrypted.Gcm),
        })
        {
            var message = Message(new ResponseBuilder { Signed = signed, Encrypted = encrypted }.Build());
            Read(message, test, Reads);
            var cpu = Machine.CpuOf(Process.GetCurrentProcess());
            Read(message, test, Reads);
            var each = (Machine.CpuOf(Process.GetCurrentProcess()) - cpu) / Reads;
            table.Note($"SAML response, signed: {signed}, encrypted: {encrypted}: {Table.Number(each.TotalMilliseconds, "0.00")} ms of processor time (goal: at most 3)");
        }

        foreach (var (name, document) in HostileDocuments.All) Refuse(name, Message(document()), test, table);
        await foreach (var database in Database.EachAsync())
        {
            await using var owned = database;
            await LogInAsync(database, table);
        }
    }

    private static void Read(ArrivedMessage message, ProviderTestContext test, int times)
    {
        var keys = new SpKeyRing(new SpKey(TestKeys.Ours, 1), null, null);
        var expected = new Expected
        {
            Provider = Provider, Audience = ResponseBuilder.Audience, Acs = ResponseBuilder.Acs, Config = Config, Now = ResponseBuilder.Now,
            Pending = new PendingRequest(ResponseBuilder.Request, ResponseBuilder.Now),
        };
        for (var i = 0; i < times; i++) ResponseReader.Read(message, expected, keys, new LoginTrace(test.Create()));
    }

    private static void Refuse(string name, ArrivedMessage message, ProviderTestContext test, Table table)
    {
        const int Rounds = 5;
        var times = new List<double>();
        var memory = 0L;
        for (var round = 0; round < Rounds; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var clock = Stopwatch.StartNew();
            try
            {
                Read(message, test, 1);
                throw new InvalidOperationException($"{name} was not refused.");
            }
            catch (SamlRefusedException)
            {
                times.Add(clock.Elapsed.TotalMilliseconds);
                memory = GC.GetAllocatedBytesForCurrentThread() - before;
            }
        }

        table.Note($"hostile, {name}: refused in {Table.Number(Table.Median(times), "0.0")} ms, the first time {Table.Number(times[0], "0.0")} ms (goal: under 20), "
            + $"{Table.Number(memory / (1024.0 * 1024), "0.0")} MiB (goal: under 16)");
    }

    private static IdentityProvider Provider => new()
    {
        EntityId = ResponseBuilder.EntityId, Certificates = [TestKeys.IdentityProvider], SsoUrl = "https://idp.test/sso",
    };

    private static ArrivedMessage Message(string xml) => new()
    {
        IsPost = true, Fields = new Dictionary<string, string> { ["SAMLResponse"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(xml)) },
    };

    /// <summary>Logins of two tenants that are begun and whose responses are minted beforehand; then each is completed: the response is posted, and
    /// the service redeems its code.</summary>
    private static async Task LogInAsync(Database database, Table table)
    {
        const string ReturnTo = "https://app.example.com/signed-in";
        var config = new
        {
            protocol = "saml", idp_entity_id = ResponseBuilder.EntityId, idp_sso_url = "https://idp.test/sso", return_urls = new[] { ReturnTo },
            idp_certificates = TestKeys.IdentityProvider.ExportCertificatePem(), max_response_age_seconds = 3600,
        };
        await using var host = await HostServer.StartAsync(database, ("sso", config));
        using var other = await host.AddTenantAsync(("sso", config));
        using var browser = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });
        var waiting = new List<Func<Task>>();
        for (var i = 0; i < Logins; i++) waiting.Add(await BeginAsync(i % 2 == 0 ? host.Service : other, browser, ReturnTo));

        var next = -1;
        var cpu = Machine.CpuOf(host.Process);
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => Task.Run(async () =>
        {
            for (int mine; (mine = Interlocked.Increment(ref next)) < Logins;) await waiting[mine]();
        })));
        var rate = Logins / clock.Elapsed.TotalSeconds;
        var each = (Machine.CpuOf(host.Process) - cpu) / Logins;
        table.Note($"logins completed, {database.Name}, two tenants, {Callers} at once: {Table.Number(rate, "0")} /s (goal: 200), "
            + $"{Table.Number(each.TotalMilliseconds, "0.0")} ms of the host's processor time each");
    }

    private static async Task<Func<Task>> BeginAsync(HttpClient service, HttpClient browser, string returnTo)
    {
        var verifier = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        var challenge = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier)));
        var begun = await AnswerAsync(service, "sso/login", new { return_to = returnTo, code_challenge = challenge });
        using var answer = await browser.GetAsync((string?)begun["url"]);
        if (answer.Headers.Location is not { } location) throw new InvalidOperationException($"A login could not be begun: {answer.StatusCode}.");
        var cookie = answer.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
        var query = location.Query.TrimStart('?').Split('&').Select(part => part.Split('=', 2)).ToDictionary(part => part[0], part => Uri.UnescapeDataString(part[1]));
        await using var inflated = new DeflateStream(new MemoryStream(Convert.FromBase64String(query["SAMLRequest"])), CompressionMode.Decompress);
        var request = XDocument.Load(inflated).Root ?? throw new InvalidOperationException("No request.");
        var acs = new Uri((string?)request.Attribute("AssertionConsumerServiceURL") ?? throw new InvalidOperationException("No address."));
        var response = Mint((string?)request.Attribute("ID") ?? "", acs, request.Value.Trim());
        var form = new Dictionary<string, string> { ["SAMLResponse"] = response, ["RelayState"] = query["RelayState"] };
        return async () =>
        {
            using var post = new HttpRequestMessage(HttpMethod.Post, acs) { Content = new FormUrlEncodedContent(form) };
            post.Headers.Add("Cookie", cookie);
            using var back = await browser.SendAsync(post);
            if (back is not { StatusCode: HttpStatusCode.SeeOther, Headers.Location: { } to }) throw new InvalidOperationException($"A login was refused: {back.StatusCode}.");
            var code = to.Query.Split("code=")[1].Split('&')[0];
            await AnswerAsync(service, "sso/token", new { code = Uri.UnescapeDataString(code), code_verifier = verifier });
        };
    }

    private static string Mint(string request, Uri acs, string audience)
    {
        var now = TimeProvider.System.GetUtcNow();
        string Moved(string text) => text
            .Replace("2026-01-01T12:05:00Z", Time(now.AddMinutes(30))).Replace("2026-01-01T20:00:00Z", Time(now.AddHours(8)))
            .Replace("2026-01-01T12:00:00Z", Time(now)).Replace("2026-01-01T11:59:30Z", Time(now.AddMinutes(-1))).Replace("2026-01-01T11:59:00Z", Time(now.AddMinutes(-1)))
            .Replace(ResponseBuilder.Acs, acs.AbsoluteUri).Replace(ResponseBuilder.Audience, audience).Replace(ResponseBuilder.Request, request);
        var xml = new ResponseBuilder { AssertionId = $"_{Guid.NewGuid():N}", EditAssertion = Moved, Edit = Moved }.Build();
        return Convert.ToBase64String(Encoding.UTF8.GetBytes(xml));
    }

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);

    private static async Task<JsonObject> AnswerAsync(HttpClient client, string path, object body)
    {
        using var answer = await client.PostAsJsonAsync(path, body);
        var text = await answer.Content.ReadAsStringAsync();
        return answer.IsSuccessStatusCode ? JsonNode.Parse(text)!.AsObject() : throw new InvalidOperationException($"{path} answered {(int)answer.StatusCode}: {text}");
    }
}
