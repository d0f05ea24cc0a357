using LearnFlow.ServiceDefaults;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.Extensions.Options;

namespace LearnFlow.Triage.Gate;

/// <summary>What browsers are told: what an answer may do in them, and whose pages may ask.</summary>
internal static class BrowserSafety
{
    /// <summary>An answer of the API is data; nothing in it runs, loads or is framed.</summary>
    private const string DataPolicy = "default-src 'none'; frame-ancestors 'none'";

    private static readonly string[] Readable =
        [RequestIdentity.Header, "RateLimit", "RateLimit-Policy", "Retry-After", "Age"];

    private static readonly TimeSpan PreflightLifetime = TimeSpan.FromHours(1);

    public static void AddBrowserSafety(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<CrossOriginOptions>().BindConfiguration(CrossOriginOptions.Section).ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<CrossOriginOptions>, CrossOriginOptions.Check>();
        builder.Services.AddCors();
        // A token in a header, and no cookie anywhere, hence no credentials.
        builder.Services.AddOptions<CorsOptions>().Configure<IOptions<CrossOriginOptions>>((cors, ours) =>
            cors.AddDefaultPolicy(new CorsPolicyBuilder([.. ours.Value.Origins])
                .WithMethods("GET", "POST", "PUT", "DELETE")
                .WithHeaders("Authorization", "Content-Type", RequestIdentity.Header, "Last-Event-ID")
                .WithExposedHeaders(Readable)
                .SetPreflightMaxAge(PreflightLifetime)
                .Build()));
        builder.Services.AddHsts(hsts => hsts.MaxAge = TimeSpan.FromDays(365));
    }

    public static void UseBrowserSafety(this WebApplication app)
    {
        if (!app.Environment.IsDevelopment())
        {
            app.UseHsts();
        }

        app.Use((context, next) =>
        {
            var headers = context.Response.Headers;
            headers.XContentTypeOptions = "nosniff";
            headers["Cross-Origin-Resource-Policy"] = "same-origin";
            // Pages set policies of their own.
            headers.ContentSecurityPolicy = DataPolicy;
            // What is one student's is kept by no cache on the way.
            headers.CacheControl = "no-store";
            return next(context);
        });
        // Without it no page of others can read an answer, which is what no origins mean.
        if (app.Services.GetRequiredService<IOptions<CrossOriginOptions>>().Value.Origins.Count > 0)
        {
            app.UseCors();
        }
    }
}
