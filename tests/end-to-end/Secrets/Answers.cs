using System.Collections.Concurrent;

namespace Vaka.Plugins.EndToEnd.Tests.Secrets;

/// <summary>Keeps every answer, headers and all.</summary>
internal sealed class Answers() : DelegatingHandler(new SocketsHttpHandler { AllowAutoRedirect = false })
{
    private readonly ConcurrentQueue<Answer> all = new();

    public IReadOnlyCollection<Answer> All => all;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        var text = $"{(int)response.StatusCode}\n{response.Headers}{response.Content.Headers}\n{await response.Content.ReadAsStringAsync(cancellationToken)}";
        all.Enqueue(new Answer(request.Method.Method, request.RequestUri?.AbsolutePath ?? "", text));
        return response;
    }
}

/// <summary>One answer as it came.</summary>
internal sealed record Answer(string Method, string Path, string Text);
