using System.Text;
using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.Actions;
using Vaka.Plugins.Host.Actions.Idempotency;

namespace Vaka.Plugins.Host.Tests.Actions.Idempotency;

public class KeyClaimTests
{
    private static readonly ActionRequest Request = new()
    {
        Type = "webhook", Action = "push_data", Input = "{\"data\":{\"a\":1,\"b\":[2,3]}}"u8.ToArray(), IdempotencyKey = "order-1",
        Caller = new Caller { Name = "key:a", Role = CallerRole.Service, TenantId = Guid.Parse("01890000-0000-7000-8000-000000000001") },
    };

    public static TheoryData<string> NoKeys =>
        ["", new string('k', 256), "tab\tin it", "line\nin it", "nul\0in it", "del\u007f", "ümlaut", "k\u00a0k", "😀", "half \uD800"];

    public static TheoryData<string> Keys => ["k", " ", "~", "\"8e03978e-40d5-43dd-bc93-6894a57f9324\"", "a,b;c", new string('k', 255)];

    [Fact]
    public void Of_AnotherTenantCallerProviderActionOrKey_IsAnotherScope()
    {
        ActionRequest[] others =
        [
            Request, Request with { Caller = Request.Caller with { TenantId = null } }, Request with { Caller = Request.Caller with { TenantId = Guid.Empty } },
            Request with { Caller = Request.Caller with { Name = "key:b" } }, Request with { Type = "webhookp", Action = "ush_data" },
            Request with { Action = "push" }, Request with { IdempotencyKey = "order-2" }, Request with { IdempotencyKey = "ORDER-1" },
        ];
        Assert.Equal(others.Length, others.Select(request => Claim(request).Scope).Distinct().Count());
        Assert.Single(others[..4].Select(request => Claim(request).RequestHash).Distinct());
    }

    [Fact]
    public void Of_AnotherRoleOfTheSameCaller_IsTheSameScope() =>
        Assert.Equal(Claim(Request), Claim(Request with { Caller = Request.Caller with { Role = CallerRole.Admin, HomeTenantId = Guid.NewGuid() } }));

    [Theory]
    [InlineData("{\"data\":{\"a\":1,\"b\":[2,3]}}", true)]
    [InlineData(" { \"data\" : { \"b\":[2,3], \"\\u0061\" : 1 } } ", true)]
    [InlineData("{\"data\":{\"a\":1,\"b\":[3,2]}}", false)]
    [InlineData("{\"data\":{\"a\":\"1\",\"b\":[2,3]}}", false)]
    [InlineData("{\"data\":{\"a\":1,\"b\":[2,3],\"c\":null}}", false)]
    [InlineData("{\"data\":{\"A\":1,\"b\":[2,3]}}", false)]
    public void Of_Input_IsComparedAsJson(string input, bool isSame) =>
        Assert.Equal(isSame, Claim(Request).RequestHash == Claim(Request with { Input = Encoding.UTF8.GetBytes(input) }).RequestHash);

    [Theory]
    [InlineData("1.50", "15e-1", true)]
    [InlineData("100", "1E+2", true)]
    [InlineData("1e-30", "2e-30", false)]
    [InlineData("1.00000000000000000000000000001", "1.00000000000000000000000000002", false)]
    [InlineData("1e-99999999999", "2e-99999999999", false)]
    [InlineData("1e400", "1e401", false)]
    public void Of_Numbers_AreTheSameWhenTheyAreEqual(string one, string other, bool isSame) => Assert.Equal(
        isSame,
        Claim(Request with { Input = Encoding.UTF8.GetBytes(one) }).RequestHash == Claim(Request with { Input = Encoding.UTF8.GetBytes(other) }).RequestHash);

    [Fact]
    public void Of_AnotherIntegrationOrWayOfWaiting_IsAnotherRequestInTheSameScope()
    {
        KeyClaim[] claims =
        [
            Claim(Request), Claim(Request with { Integration = "Hook" }), KeyClaim.Of(Request, isDurable: true),
            KeyClaim.Of(Request, isDurable: true, DateTimeOffset.UnixEpoch), KeyClaim.Of(Request, isDurable: true, DateTimeOffset.UnixEpoch.AddSeconds(1)),
        ];
        Assert.Equal(claims.Length, claims.Select(claim => claim.RequestHash).Distinct().Count());
        Assert.Single(claims.Select(claim => claim.Scope).Distinct());
        Assert.Equal(claims[3], KeyClaim.Of(Request, isDurable: true, new DateTimeOffset(1970, 1, 1, 2, 0, 0, TimeSpan.FromHours(2))));
    }

    [Theory]
    [InlineData("{\"a\":1,\"a\":2}")]
    [InlineData("{\"a\":\"\\ud800\"}")]
    [InlineData("{\"a\":")]
    [InlineData("")]
    public void Of_WhatTheActionWillRefuse_IsToldApartAllTheSame(string input)
    {
        var claim = Claim(Request with { Input = Encoding.UTF8.GetBytes(input) });
        Assert.Equal(claim, Claim(Request with { Input = Encoding.UTF8.GetBytes(input) }));
        Assert.NotEqual(claim, Claim(Request with { Input = Encoding.UTF8.GetBytes(input + " ") }));
    }

    [Theory]
    [MemberData(nameof(NoKeys))]
    public void Of_WhatIsNoKey_IsRefused(string key)
    {
        var refused = Assert.Throws<ProblemException>(() => Claim(Request with { IdempotencyKey = key }));
        Assert.Equal(ProblemCode.InvalidRequest, refused.Code);
        Assert.Equal("An idempotency key has 1 to 255 printable ASCII characters. A UUID is a good one.", refused.Message);
    }

    [Theory]
    [MemberData(nameof(Keys))]
    public void Of_AKey_IsNotShownByItsScope(string key)
    {
        var claim = Claim(Request with { IdempotencyKey = key });
        Assert.Matches("^[0-9a-f]{64}$", claim.Scope);
        Assert.Matches("^[0-9a-f]{64}$", claim.RequestHash);
    }

    private static KeyClaim Claim(ActionRequest request) => KeyClaim.Of(request, isDurable: false);
}
