using Microsoft.AspNetCore.Http;
using Vaka.Plugins.Host.Access;

namespace Vaka.Plugins.Host.Tests.Access;

public class BearerTokenTests
{
    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Basic dTpw")]
    [InlineData("Bearer")]
    public void From_NoBearer_IsNull(string? header) => Assert.Null(From(header));

    [Theory]
    [InlineData("Bearer abc", "abc")]
    [InlineData("bearer  a b ", "a b")]
    [InlineData("Bearer ", "")]
    public void From_Bearer_IsWhatStandsBehind(string header, string expected) => Assert.Equal(expected, From(header)?.ToString());

    private static ReadOnlyMemory<char>? From(string? header)
    {
        var context = new DefaultHttpContext();
        context.Request.Headers.Authorization = header;
        return BearerToken.From(context.Request);
    }
}
