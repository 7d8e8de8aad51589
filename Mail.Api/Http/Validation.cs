using FluentValidation;
using Mail.Api.Http.Json;

namespace Mail.Api.Http;

internal static class Validation
{
    /// <summary>Lets a handler of the group run only with a good body: its shape, then the validator of its type.</summary>
    public static RouteGroupBuilder WithValidation(this RouteGroupBuilder group)
    {
        group.AddEndpointFilterFactory(static (context, next) =>
        {
            var parameters = context.MethodInfo.GetParameters();
            var index = Array.FindIndex(parameters, parameter => parameter.ParameterType.IsAssignableTo(typeof(IBody)));
            if (index < 0)
                return next;
            var request = parameters[index].ParameterType.GetGenericArguments()[0];
            var validator = (IValidator?)context.ApplicationServices.GetService(typeof(IValidator<>).MakeGenericType(request));
            return invocation => ((IBody)invocation.Arguments[index]!).Check(validator) is { } problem
                ? ValueTask.FromResult<object?>(problem)
                : next(invocation);
        });
        return group;
    }
}
