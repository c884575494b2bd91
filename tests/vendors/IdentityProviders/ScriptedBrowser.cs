using System.Net;
using System.Text.RegularExpressions;

namespace Vaka.Plugins.Vendors.IdentityProviders;

/// <summary>A browser without a screen: cookies, redirects, and forms that are filled in and submitted. It can stop before it delivers something,
/// so that a test can look at it, tamper with it, or deliver it elsewhere. Its cookies, as a browser's, are those of a host and not of a port.</summary>
public sealed partial class ScriptedBrowser : IDisposable
{
    private const int MostSteps = 20;
    private const int MostForms = 8;

    private readonly HttpClient client;

    /// <summary>Makes one with an empty cookie jar.</summary>
    public ScriptedBrowser() =>
        client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = Cookies, UseProxy = false })
        {
            DefaultRequestHeaders = { { "Accept", "text/html,*/*" } },
        };

    /// <summary>Its cookies.</summary>
    public CookieContainer Cookies { get; } = new();

    /// <summary>Opens an address, or posts a form when there are fields.</summary>
    /// <param name="url">Where to.</param>
    /// <param name="fields">The form's fields; default: none, a GET.</param>
    /// <param name="stopAt">Stops before it sends anything to this address, whatever its query; default: never.</param>
    public async Task<BrowserPage> OpenAsync(string url, IReadOnlyDictionary<string, string>? fields = null, string? stopAt = null)
    {
        var target = new Uri(url);
        var form = fields is { Count: > 0 } ? fields : null;
        for (var step = 0; step < MostSteps; step++)
        {
            if (stopAt is not null && target.GetLeftPart(UriPartial.Path) == stopAt)
            {
                return new BrowserPage(target, null, "", Arrived(target, form));
            }

            using var request = new HttpRequestMessage(form is null ? HttpMethod.Get : HttpMethod.Post, target);
            if (form is not null) request.Content = new FormUrlEncodedContent(form);
            using var answer = await client.SendAsync(request);
            if (answer.Headers.Location is not { } location || (int)answer.StatusCode is < 300 or >= 400)
            {
                return new BrowserPage(target, answer.StatusCode, await answer.Content.ReadAsStringAsync(), null);
            }

            target = new Uri(target, location);
            if (answer.StatusCode is not (HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect)) form = null;
        }

        throw new InvalidOperationException($"{url} leads round in circles.");
    }

    /// <summary>Submits the first form of a page.</summary>
    /// <param name="page">The page.</param>
    /// <param name="fill">What is typed in.</param>
    /// <param name="stopAt">As for <see cref="OpenAsync"/>.</param>
    public Task<BrowserPage> SubmitAsync(BrowserPage page, IReadOnlyDictionary<string, string>? fill = null, string? stopAt = null)
    {
        var form = FormPattern().Match(page.Html);
        if (!form.Success) throw new InvalidOperationException($"{page.Url} has no form: {page.Html}");
        var values = new Dictionary<string, string>();
        foreach (var input in InputPattern().Matches(form.Groups["content"].Value).Select(match => match.Value))
        {
            if (Attribute(input, "name") is { } name && !(Attribute(input, "type") == "checkbox" && !input.Contains(" checked", StringComparison.OrdinalIgnoreCase)))
            {
                values[name] = Attribute(input, "value") ?? "";
            }
        }

        foreach (var (name, value) in fill ?? new Dictionary<string, string>()) values[name] = value;
        var action = new Uri(page.Url, Attribute(form.Groups["tag"].Value, "action") ?? "").ToString();
        return string.Equals(Attribute(form.Groups["tag"].Value, "method"), "post", StringComparison.OrdinalIgnoreCase)
            ? OpenAsync(action, values, stopAt)
            : OpenAsync($"{action.Split('?')[0]}?{string.Join('&', values.Select(pair => $"{Uri.EscapeDataString(pair.Key)}={Uri.EscapeDataString(pair.Value)}"))}", null, stopAt);
    }

    /// <summary>Signs in at an identity provider, and stops before the answer is delivered.</summary>
    /// <param name="startUrl">Where the login begins: the identity provider, or what leads there.</param>
    /// <param name="stopAtUrl">Where the answer would be delivered to.</param>
    /// <param name="user">Who.</param>
    /// <param name="password">The password.</param>
    /// <param name="fields">The form to begin with; default: none, a GET.</param>
    public async Task<ArrivedForm> LoginAsync(
        string startUrl, string stopAtUrl, string user = "alice", string password = "alice-pw", IReadOnlyDictionary<string, string>? fields = null)
    {
        var page = await OpenAsync(startUrl, fields, stopAtUrl);
        for (var form = 0; form < MostForms && page.Arrived is null; form++)
        {
            if (page.Status is not HttpStatusCode.OK) throw new InvalidOperationException($"{page.Url} answers {page.Status}: {page.Html}");
            var asks = PasswordPattern().IsMatch(page.Html);
            page = await SubmitAsync(page, asks ? new Dictionary<string, string> { ["username"] = user, ["password"] = password } : null, stopAtUrl);
        }

        return page.Arrived ?? throw new InvalidOperationException($"The login does not end: {page.Html}");
    }

    /// <inheritdoc/>
    public void Dispose() => client.Dispose();

    private static ArrivedForm Arrived(Uri target, IReadOnlyDictionary<string, string>? form) => new()
    {
        Url = target.GetLeftPart(UriPartial.Path),
        IsPost = form is not null,
        RawQuery = target.Query.TrimStart('?'),
        Fields = form ?? target.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries)
            .Select(pair => pair.Split('=', 2)).ToDictionary(pair => WebUtility.UrlDecode(pair[0]), pair => WebUtility.UrlDecode(pair.ElementAtOrDefault(1) ?? "")),
    };

    private static string? Attribute(string tag, string name)
    {
        var match = Regex.Match(tag, $"""\s{name}\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))""", RegexOptions.IgnoreCase);
        return match.Success ? WebUtility.HtmlDecode(match.Groups.Values.Skip(1).First(group => group.Success).Value) : null;
    }

    [GeneratedRegex("(?<tag><form\\b[^>]*>)(?<content>.*?)</form>", RegexOptions.IgnoreCase | RegexOptions.Singleline)]
    private static partial Regex FormPattern();

    [GeneratedRegex("<(?:input|button)\\b[^>]*>", RegexOptions.IgnoreCase)]
    private static partial Regex InputPattern();

    [GeneratedRegex("""name=["']?password["']?""", RegexOptions.IgnoreCase)]
    private static partial Regex PasswordPattern();
}

/// <summary>What the browser shows.</summary>
/// <param name="Url">Where it is.</param>
/// <param name="Status">What was answered; <c>null</c>: it stopped before it asked.</param>
/// <param name="Html">The page.</param>
/// <param name="Arrived">What it was about to send when it stopped; <c>null</c>: it did not stop.</param>
public sealed record BrowserPage(Uri Url, HttpStatusCode? Status, string Html, ArrivedForm? Arrived);

/// <summary>What a browser was about to deliver.</summary>
public sealed record ArrivedForm
{
    /// <summary>Where to, without the query.</summary>
    public required string Url { get; init; }

    /// <summary>Whether by POST.</summary>
    public required bool IsPost { get; init; }

    /// <summary>The fields of the form or of the query, decoded.</summary>
    public required IReadOnlyDictionary<string, string> Fields { get; init; }

    /// <summary>The query as it is, without the question mark.</summary>
    public required string RawQuery { get; init; }
}
