using Vaka.Plugins;

namespace Vaka_Template;

/// <summary>What a refusal means and what to do about it. Nothing of the answer's body is shown.</summary>
internal static class VendorFailures
{
    public static IntegrationException From(ApiAnswer answer) => answer.StatusCode switch
    {
        401 => answer.ToFailure("VendorName refused the API key. Give another one."),
        403 => answer.ToFailure("The API key does not allow this. Give it the right to send events."),
        404 => answer.ToFailure("VendorName has nothing at this address. Check the address."),
        429 => answer.ToFailure("VendorName limits how many calls it takes. Try again later."),
        >= 500 => answer.ToFailure($"VendorName cannot answer now ({answer.StatusCode}). Try again later."),
        _ => answer.ToFailure($"VendorName refused the request ({answer.StatusCode}). Check the input."),
    };
}
