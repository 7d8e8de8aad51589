using Mail.Core.Text;

namespace Mail.Api.Http;

/// <summary>Refuses query parameters that a route does not have: a filter with a typing error must not answer everything.</summary>
internal static class KnownQuery
{
    public static RouteGroupBuilder WithKnownQuery(this RouteGroupBuilder group)
    {
        group.AddEndpointFilterFactory(static (context, next) =>
        {
            var names = context.MethodInfo.GetParameters()
                .Where(parameter => parameter.ParameterType == typeof(string)).Select(parameter => parameter.Name!).ToList();
            return invocation => Check(invocation.HttpContext.Request.Query, names) is { } problem
                ? ValueTask.FromResult<object?>(problem)
                : next(invocation);
        });
        return group;
    }

    private static Problem? Check(IQueryCollection query, List<string> names)
    {
        List<FieldError>? errors = null;
        foreach (var name in query.Keys.Where(name => !names.Contains(name)))
        {
            var nearest = NearestName.Of(name, names) is { } near ? $" Did you mean '{near}'?" : "";
            (errors ??= []).Add(new FieldError("?" + name, FieldCodes.UnknownField, $"There is no parameter '{name}' here.{nearest}"));
        }
        return errors is null ? null : Problem.Validation(errors);
    }
}
