using System.ComponentModel.DataAnnotations;
using Vaka.Plugins;

namespace Vaka_Template;

/// <summary>What an admin fills in. The form, the validation and the documentation are made of it.</summary>
public sealed record VendorConfig
{
    [Display(Name = "Address", Description = "Where the API is.", GroupName = "Server", Prompt = "https://api.example.com/", Order = 1)]
    [Url]
    public required string Url { get; init; }

    /// <summary>Bound to the address: whoever changes that has to give the key again.</summary>
    [Display(Name = "API key", Description = "Made at VendorName under Settings, API.", GroupName = "Server", Order = 2)]
    [SecretFor("url")]
    public required SecretString ApiKey { get; init; }
}
