using System.Net;
using System.Text.RegularExpressions;

namespace Vaka.Plugins.EndToEnd.Tests.Hosts;

/// <summary>The form behind a sign-in link, as a browser sends it.</summary>
internal static partial class SignInForm
{
    public static async Task<HttpResponseMessage> SendAsync(HttpClient browser, string link)
    {
        var page = await browser.GetStringAsync(link);
        var form = Field().Matches(page).ToDictionary(match => match.Groups[1].Value, match => WebUtility.HtmlDecode(match.Groups[2].Value));
        return await browser.PostAsync("sign-in", new FormUrlEncodedContent(form));
    }

    [GeneratedRegex("""<input type="hidden" name="([^"]+)" value="([^"]*)" ?/?>""")]
    private static partial Regex Field();
}
