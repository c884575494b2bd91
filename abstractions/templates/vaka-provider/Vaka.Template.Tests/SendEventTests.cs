using System.Net;
using Vaka_Template.Actions;

namespace Vaka_Template.Tests;

public sealed class SendEventTests : IAsyncDisposable
{
    private readonly VendorConfig config = new() { Url = "https://api.example.com/", ApiKey = new SecretString("a-key-for-tests") };
    private readonly StubHttp wire = new();
    private readonly ProviderTestContext test;

    public SendEventTests() => test = new ProviderTestContext(new VendorProvider()) { Network = wire.AsNetwork() };

    [Fact]
    public async Task ExecuteAsync_Accepted_SendsTheEventOnce()
    {
        wire.Next(HttpAnswers.Status(HttpStatusCode.Accepted));

        var output = await SendAsync("The disk is full.");

        var request = Assert.Single(wire.Requests);
        Assert.Equal("https://api.example.com/v1/events", request.Uri.AbsoluteUri);
        Assert.Equal("Bearer a-key-for-tests", request.Header("Authorization"));
        Assert.Equal("The disk is full.", request.BodyJson?["summary"]?.GetValue<string>());
        Assert.Equal(test.DeduplicationKey, output.EventId);
    }

    [Fact]
    public async Task ExecuteAsync_RateLimited_CarriesRetryAfter()
    {
        wire.Next(HttpAnswers.RetryAfter(HttpStatusCode.TooManyRequests, TimeSpan.FromSeconds(7)));

        var failure = await Assert.ThrowsAsync<IntegrationException>(() => SendAsync("The disk is full."));

        Assert.Equal(FailureKind.RateLimited, failure.Kind);
        Assert.Equal(TimeSpan.FromSeconds(7), failure.RetryAfter);
    }

    public async ValueTask DisposeAsync()
    {
        await test.DisposeAsync();
        wire.Dispose();
    }

    private Task<SendEventOutput> SendAsync(string summary) =>
        new SendEvent().ExecuteAsync(new SendEventInput { Summary = summary }, config, test.Create(), TestContext.Current.CancellationToken);
}
