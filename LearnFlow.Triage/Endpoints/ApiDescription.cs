using Microsoft.OpenApi;
using Scalar.AspNetCore;

namespace LearnFlow.Triage.Endpoints;

/// <summary>The API for machines at <c>/openapi/v1.json</c> and, in Development, for people at <c>/scalar</c>.</summary>
internal static class ApiDescription
{
    private const string BearerScheme = "bearer";

    /// <summary>Scalar's page begins with a script of its own and makes its styles as it goes.</summary>
    private const string PagePolicy =
        "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        + "font-src 'self' data:; base-uri 'none'; frame-ancestors 'none'";

    public static void AddApiDescription(this IServiceCollection services) => services.AddOpenApi("v1", options =>
    {
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo
            {
                Title = "LearnFlow",
                Version = "v1",
                Description = "Answers people who learn Python. In Development, POST /api/v1/session gives a token.",
            };
            document.Components ??= new OpenApiComponents();
            document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
            {
                [BearerScheme] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", BearerFormat = "JWT" },
            };
            return Task.CompletedTask;
        });
        options.AddOperationTransformer((operation, context, _) =>
        {
            if (!context.Description.ActionDescriptor.EndpointMetadata.OfType<Microsoft.AspNetCore.Authorization.IAllowAnonymous>().Any())
            {
                operation.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(BearerScheme, context.Document)] = [] }];
            }

            return Task.CompletedTask;
        });
    });

    public static void MapApiDescription(this WebApplication app)
    {
        // With the document's name as a parameter the framework itself would answer for others, in plain text.
        app.MapOpenApi("/openapi/v1.json").AllowAnonymous();
        if (app.Environment.IsDevelopment())
        {
            // The page alone: what Scalar offers beside it would ask hosts of its own.
            app.MapScalarApiReference(options => options
                .DisableTelemetry()
                .DisableDefaultFonts()
                .DisableAgent()
                .DisableMcp()
                .HideDeveloperTools()
                .HideClientButton()
                .AddPreferredSecuritySchemes(BearerScheme))
                .AllowAnonymous()
                .AddEndpointFilter((context, next) =>
                {
                    // That of the API's data would leave the page blank.
                    context.HttpContext.Response.Headers.ContentSecurityPolicy = PagePolicy;
                    return next(context);
                });
        }
    }
}
