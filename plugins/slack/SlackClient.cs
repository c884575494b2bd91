using System.Net.Http.Headers;
using System.Net.Mime;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Vaka.Plugins.Slack;

/// <summary>The Web API as one bot, for one call.</summary>
internal sealed class SlackClient
{
    /// <summary>JSON with every character as itself.</summary>
    public static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly IntegrationContext context;
    private readonly BotTokenAuth auth;

    private SlackClient(SlackConfig config, BotTokenAuth auth, IntegrationContext context)
    {
        (this.context, this.auth) = (context, auth);
        Hosts = SlackHosts.Of(config);
    }

    public SlackHosts Hosts { get; }

    public IntegrationContext Context => context;

    /// <exception cref="IntegrationException">The integration is an incoming webhook, which can do nothing of this.</exception>
    public static SlackClient Of(SlackConfig config, IntegrationContext context) =>
        config.Auth is BotTokenAuth bot ? new SlackClient(config, bot, context) : throw SlackFailures.NeedsBotToken();

    /// <summary>Calls a method that changes something.</summary>
    public async Task<SlackAnswer> PostAsync(string method, JsonObject arguments, CancellationToken cancellationToken)
    {
        using var request = Request(HttpMethod.Post, method);
        request.Content = Json(arguments);
        return await SendAsync(method, request, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Calls a method that takes a form. Arguments without a value are left out.</summary>
    public async Task<SlackAnswer> PostFormAsync(
        string method, IEnumerable<KeyValuePair<string, string?>> arguments, CancellationToken cancellationToken)
    {
        using var request = Request(HttpMethod.Post, method);
        request.Content = new FormUrlEncodedContent(arguments.Where(argument => argument.Value is not null));
        return await SendAsync(method, request, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Calls a method that only reads. Arguments without a value are left out.</summary>
    public async Task<SlackAnswer> GetAsync(
        string method, IEnumerable<KeyValuePair<string, string?>> arguments, CancellationToken cancellationToken)
    {
        var given = arguments.Where(argument => argument.Value is not null)
            .Select(argument => $"{argument.Key}={Uri.EscapeDataString(argument.Value ?? "")}");
        using var request = Request(HttpMethod.Get, $"{method}?{string.Join('&', given)}");
        return await SendAsync(method, request, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Sends the bytes of a file to where Slack said. Nobody sees them until the upload is completed.</summary>
    public async Task SendFileAsync(Uri address, Attachment file, CancellationToken cancellationToken)
    {
        if (!Hosts.TakesFiles(address)) throw SlackFailures.ForeignUpload(Hosts);
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new ReadOnlyMemoryContent(file.ContentBase64) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(MediaTypeNames.Application.Octet);
        var answer = await ApiAnswer.SendAsync(context.Http, request, context.Clock, cancellationToken, 64 * 1024).ConfigureAwait(false);
        if (!answer.IsSuccess) throw SlackFailures.Of("the upload of the file", answer);
    }

    public static StringContent Json(JsonObject body) =>
        new(body.ToJsonString(Readable), Encoding.UTF8, MediaTypeNames.Application.Json);

    private HttpRequestMessage Request(HttpMethod method, string path)
    {
        var request = new HttpRequestMessage(method, new Uri(Hosts.Api, path));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", auth.BotToken.Reveal());
        return request;
    }

    private async Task<SlackAnswer> SendAsync(string method, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var answer = await ApiAnswer.SendAsync(context.Http, request, context.Clock, cancellationToken).ConfigureAwait(false);
        return SlackAnswer.IsOk(answer) ? new SlackAnswer(answer) : throw SlackFailures.Of(method, answer);
    }
}
