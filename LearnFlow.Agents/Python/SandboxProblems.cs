using LearnFlow.ServiceDefaults;
using Microsoft.AspNetCore.Diagnostics;

namespace LearnFlow.Agents.Python;

/// <summary>Answers 503 with what to install where code cannot be run.</summary>
internal sealed class SandboxProblems : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(
        HttpContext context, Exception exception, CancellationToken cancellationToken)
    {
        if (exception is not SandboxUnavailableException)
        {
            return false;
        }

        await Problems.WriteAsync(context, Problems.Create(
            StatusCodes.Status503ServiceUnavailable, "sandbox-unavailable", "Code cannot be run here", exception.Message));
        return true;
    }
}
