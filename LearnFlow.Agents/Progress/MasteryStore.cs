using LearnFlow.ServiceDefaults;
using StackExchange.Redis;

namespace LearnFlow.Agents.Progress;

/// <summary>What one piece of practice adds to a student's progress.</summary>
/// <param name="SubmissionId">Counts once.</param>
/// <param name="Best">A field that keeps the best value, and the value; none where nothing of the kind was done.</param>
/// <param name="Latest">Fields that keep the latest value.</param>
public sealed record PracticeRecord(
    string SubmissionId, (string Field, int Value)? Best, IReadOnlyList<(string Field, int Value)> Latest);

/// <summary>Keeps students' progress in Redis. What one submission changes, it changes in one script, and once.</summary>
/// <param name="redis">Redis.</param>
/// <param name="time">The clock, for the streak.</param>
public sealed class MasteryStore(IConnectionMultiplexer redis, TimeProvider time)
{
    /// <summary>How long a submission is remembered so that it counts once.</summary>
    public static readonly TimeSpan SubmissionLifetime = TimeSpan.FromHours(24);

    private static readonly string RecordScript = $$"""
        if redis.call('SET', KEYS[2], '1', 'NX', 'EX', ARGV[1]) then
          local today = tonumber(ARGV[2])
          local last = tonumber(redis.call('HGET', KEYS[1], '{{StudentProgress.StreakLastField}}') or -1)
          if last < today then
            local days = 1
            if last == today - 1 then
              days = tonumber(redis.call('HGET', KEYS[1], '{{StudentProgress.StreakDaysField}}') or 0) + 1
            end
            redis.call('HSET', KEYS[1], '{{StudentProgress.StreakLastField}}', today, '{{StudentProgress.StreakDaysField}}', days)
          end
          for i = 3, #ARGV, 3 do
            local old = tonumber(redis.call('HGET', KEYS[1], ARGV[i + 1]) or -1)
            if ARGV[i] == 'latest' or old < tonumber(ARGV[i + 2]) then
              redis.call('HSET', KEYS[1], ARGV[i + 1], ARGV[i + 2])
            end
          end
        end
        return redis.call('HGETALL', KEYS[1])
        """;

    /// <summary>What a student has done.</summary>
    /// <param name="student">The student.</param>
    public async Task<StudentProgress> ReadAsync(string student) =>
        new(await redis.GetDatabase().HashGetAllAsync(StateKeys.Progress(student)), time.GetUtcNow());

    /// <summary>Adds a piece of practice, unless its submission was counted before.</summary>
    /// <param name="student">The student.</param>
    /// <param name="practice">What was done.</param>
    /// <returns>The progress afterwards.</returns>
    public async Task<StudentProgress> RecordAsync(string student, PracticeRecord practice)
    {
        var now = time.GetUtcNow();
        List<RedisValue> values = [(long)SubmissionLifetime.TotalSeconds, StudentProgress.DayOf(now)];
        if (practice.Best is { } best)
        {
            values.AddRange(["best", best.Field, best.Value]);
        }

        foreach (var (field, value) in practice.Latest)
        {
            values.AddRange(["latest", field, value]);
        }

        var reply = await redis.GetDatabase().ScriptEvaluateAsync(
            RecordScript,
            [StateKeys.Progress(student), StateKeys.Submission(student, practice.SubmissionId)],
            [.. values]);
        var flat = (RedisValue[])reply!;
        return new StudentProgress(flat.Chunk(2).Select(pair => new HashEntry(pair[0], pair[1])), now);
    }
}
