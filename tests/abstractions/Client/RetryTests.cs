using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Vaka.Plugins.Client;

namespace Vaka.Plugins.Abstractions.Tests.Client;

public class RetryTests
{
    private const string Pushed = """
        {"execution_id":"019aa0d2-5a3e-7c11-9f0e-3c1b2a4d5e6f","integration":{"id":"019aa0d2-5a3e-7c11-9f0e-3c1b2a4d5e70","name":"Hook","scope":"tenant"},
        "output":{"status_code":204,"webhook_id":"m"},"duration_ms":1}
        """;

    private static readonly PushedData Data = new() { Data = JsonSerializer.SerializeToElement(1) };

    [Theory]
    [InlineData(HttpStatusCode.TooManyRequests, "rate_limited")]
    [InlineData(HttpStatusCode.ServiceUnavailable, "provider_unavailable")]
    [InlineData(HttpStatusCode.GatewayTimeout, "provider_timeout")]
    [InlineData(HttpStatusCode.Conflict, "execution_in_progress")]
    public async Task Action_WhatMayPass_IsSentAgainUnderTheSameKey(HttpStatusCode status, string code)
    {
        var host = new HostStub().Problem(status, code).Problem(status, code).Answer(HttpStatusCode.OK, Pushed);
        var result = await host.PassTimeAsync(host.Client().Actions.PushDataAsync(Data));
        Assert.Equal(204, result.Output.StatusCode);
        Assert.Equal(3, host.Requests.Count);
        Assert.Single(host.Requests.Select(request => request.Headers["Idempotency-Key"]).Distinct());
        Assert.Single(host.Requests.Select(request => request.Body?.ToJsonString()).Distinct());
    }

    [Fact]
    public async Task Action_ConnectionLost_IsSentAgain()
    {
        var host = new HostStub().Answer(() => throw new HttpRequestException("reset")).Answer(HttpStatusCode.OK, Pushed, ("Idempotency-Replayed", "true"));
        var result = await host.PassTimeAsync(host.Client().Actions.PushDataAsync(Data));
        Assert.True(result.IsReplayed);
    }

    [Theory]
    [InlineData(HttpStatusCode.Conflict, "idempotency_key_conflict")]
    [InlineData(HttpStatusCode.Conflict, "integration_not_configured")]
    [InlineData(HttpStatusCode.BadGateway, "provider_failed")]
    [InlineData(HttpStatusCode.Unauthorized, "unauthenticated")]
    [InlineData(HttpStatusCode.InternalServerError, "internal_error")]
    public async Task Action_WhatStays_IsNotSentAgain(HttpStatusCode status, string code)
    {
        var host = new HostStub().Problem(status, code);
        Assert.Equal(code, (await Assert.ThrowsAsync<VakaException>(() => host.Client().Actions.PushDataAsync(Data))).Code);
        Assert.Single(host.Requests);
    }

    [Fact]
    public async Task Action_AnsweredFromBefore_IsNotSentAgain()
    {
        var host = new HostStub().Problem(HttpStatusCode.GatewayTimeout, "provider_timeout", ("Idempotency-Replayed", "true"));
        var known = await Assert.ThrowsAsync<VakaException>(() => host.Client().Actions.PushDataAsync(Data));
        Assert.True(known.IsReplayed);
    }

    [Fact]
    public async Task Change_WhateverHappens_IsSentOnce()
    {
        var host = new HostStub().Problem(HttpStatusCode.ServiceUnavailable, "database_unavailable").Answer(() => throw new HttpRequestException("reset"));
        var integrations = host.Client().Integrations;
        Assert.Equal("database_unavailable", (await Assert.ThrowsAsync<VakaException>(() => integrations.ActivateAsync(Guid.NewGuid()))).Code);
        var lost = await Assert.ThrowsAsync<VakaException>(() => integrations.DeleteAsync(Guid.NewGuid()));
        Assert.Equal(("host_unreachable", (HttpStatusCode?)null), (lost.Code, lost.StatusCode));
        Assert.Equal(2, host.Requests.Count);
    }

    [Fact]
    public async Task Read_RetryAfter_IsWaitedFor()
    {
        var host = new HostStub().Problem(HttpStatusCode.ServiceUnavailable, "database_unavailable", ("Retry-After", "20")).Answer(HttpStatusCode.OK, """{"items":[],"next_cursor":null}""");
        var began = host.Clock.GetUtcNow();
        await host.PassTimeAsync(host.Client().Executions.ListAsync().ToListAsync().AsTask());
        Assert.True(host.Clock.GetUtcNow() - began >= TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task Read_RetryAfterLongerThanAllowed_IsLeftToTheCaller()
    {
        var host = new HostStub().Problem(HttpStatusCode.TooManyRequests, "rate_limited", ("Retry-After", "31"));
        var refused = await Assert.ThrowsAsync<VakaException>(() => host.Client().Executions.GetAsync(Guid.NewGuid()));
        Assert.Equal(TimeSpan.FromSeconds(31), refused.RetryAfter);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(2, 3)]
    public async Task Read_NeverAnswered_EndsWithTheLastFailure(int retries, int requests)
    {
        var host = new HostStub();
        for (var i = 0; i < requests; i++) host.Problem(HttpStatusCode.ServiceUnavailable, "host_stopping");
        var call = host.Client(options => options.MaxRetries = retries).Executions.GetAsync(Guid.NewGuid());
        Assert.Equal("host_stopping", (await Assert.ThrowsAsync<VakaException>(() => host.PassTimeAsync(call))).Code);
        Assert.Equal(requests, host.Requests.Count);
    }

    [Fact]
    public void AddVakaClient_WithoutAnAddress_SaysWhatIsMissing()
    {
        var services = new ServiceCollection();
        services.AddVakaClient(options => options.MaxRetries = 11);
        using var provider = services.BuildServiceProvider();
        var wrong = Assert.Throws<OptionsValidationException>(() => provider.GetRequiredService<VakaClient>());
        Assert.Contains("BaseAddress", wrong.Message);
        Assert.Contains("MaxRetries", wrong.Message);
    }
}
