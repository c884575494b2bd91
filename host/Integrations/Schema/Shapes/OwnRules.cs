using System.ComponentModel.DataAnnotations;

namespace Vaka.Plugins.Host.Integrations.Schema.Shapes;

/// <summary>Runs the validation attributes that a plugin brings itself. The platform's Validator is not used: it passes over nested
/// objects, and its TypeDescriptor keeps a plugin from unloading.</summary>
internal static class OwnRules
{
    public static void Check(
        IReadOnlyList<ValidationAttribute> rules,
        object value,
        object owner,
        string property,
        string title,
        string path,
        List<FieldError> errors)
    {
        foreach (var rule in rules)
        {
            var result = rule.GetValidationResult(value, Context(owner, title, property));
            if (result is not null) errors.Add(new FieldError(path, result.ErrorMessage ?? "Not valid."));
        }
    }

    public static void CheckSelf(IValidatableObject value, IReadOnlyList<Member> members, string path, List<FieldError> errors)
    {
        foreach (var result in value.Validate(Context(value, value.GetType().Name, "")))
        {
            if (result is null) continue;
            foreach (var property in result.MemberNames.DefaultIfEmpty(""))
            {
                var name = members.FirstOrDefault(member => member.PropertyName == property)?.Name ?? "";
                var place = name.Length == 0 ? path : path.Length == 0 ? name : $"{path}.{name}";
                errors.Add(new FieldError(place, result.ErrorMessage ?? "Not valid."));
            }
        }
    }

    // Given a display name, the context never looks one up through TypeDescriptor.
    private static ValidationContext Context(object owner, string title, string property) =>
        new(owner, title, serviceProvider: null, items: null) { MemberName = property.Length == 0 ? null : property };
}
