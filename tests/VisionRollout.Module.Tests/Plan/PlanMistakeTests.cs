namespace VisionRollout.Module.Tests.Plan;

/// <summary>Every kind of mistake, made in the example plan: it is found once, at its place, and says what to write.</summary>
public sealed class PlanMistakeTests
{
    // Changed text (¦: where the mistake is reported), path of keys, part of the message with its suggestion.
    public static TheoryData<string, string, string, string> Mistakes { get; } = new()
    {
        // Keys
        { "Dwell = '30 min'", "¦Dwel = '30 min'", "Canary.Stages[0].Dwel", "there is no key 'Dwel' here. Did you mean 'Dwell'?" },
        { "    Rollback = @{", "    ¦Pasword = 'x'\n    Rollback = @{", "Pasword", "there is no key 'Pasword' here." },
        { "        Budget    = '15 min'\n", "        Budget    = '15 min'\n        ¦Budget = '10 min'\n", "Rollback.Budget", "stands here twice, first in line" },
        { "Weight = '5%';", "Weight = '5%'; ¦Weight = '6%';", "Canary.Stages[0].Weight", "stands here twice" },
        { "    Title = 'Vision-to-Code Production Rollout'", "", "Title", "the key 'Title' is missing for 'vision-to-code'. Add Title" },
        { "@{ Name = 'Preparation';   Start = '09:00';", "¦@{ Name = 'Preparation';  ", "Timeline[0].Start", "the key 'Start' is missing for 'Preparation'." },
        { "Deployments = @{ Green = 'core-service'; Blue = 'core-service-blue' }", "Deployments = ¦@{ Green = 'core-service' }", "Services[1].Deployments.blue", "the key 'blue' is missing" },
        { "Blue = 'core-service-blue'", "¦Bleu = 'core-service-blue'", "Services[1].Deployments.Bleu", "Did you mean 'blue'?" },
        { "Hosts       = @{ Green = 'vision-to-code-green'; Blue = 'vision-to-code-blue' }", "Hosts = ¦@{ Blue = 'vision-to-code-blue' }", "Environments[0].Route.Hosts.green", "the key 'green' is missing" },

        // Types
        { "Dwell = '30 min'", "Dwell = ¦30", "Canary.Stages[0].Dwell", "the number 30 has no unit; a duration is needed. Write a duration like '30 min'" },
        { "Dwell = '30 min'", "Dwell = ¦'half an hour'", "Canary.Stages[0].Dwell", "'half an hour' is no duration." },
        { "Dwell = '30 min'", "Dwell = ¦'0 min'", "Canary.Stages[0].Dwell", "'0 min' is not longer than nothing." },
        { "Dwell = '30 min'", "Dwell = ¦'-5 min'", "Canary.Stages[0].Dwell", "'-5 min' is no duration." },
        { "ErrorRateDelta = '0.1%'", "ErrorRateDelta = ¦0.001", "Canary.ErrorRateDelta", "the number 0.001 has no unit; a share is needed. Write a share like '0.1%'." },
        { "Limit = '99.99%'", "Limit = ¦'101%'", "SuccessCriteria[0].Limit", "'101%' is not between 0% and 100%." },
        { "Limit = '10,000 RPS'", "Limit = ¦10000", "SuccessCriteria[3].Limit", "the number 10000 has no unit; a rate is needed." },
        { "Limit = '100 ms'", "Limit = ¦'0.1%'", "SuccessCriteria[1].Limit", "'0.1%' is no duration." },
        { "Limit = 0 }", "Limit = ¦'none' }", "SuccessCriteria[9].Limit", "'none' is no number of zero or more." },
        { "Start = '09:00'", "Start = ¦'9 am'", "Timeline[0].Start", "'9 am' is no time of day. Write a time of day like '09:00'" },
        { "RequireAll    = $true ", "RequireAll    = ¦'yes' ", "Gates[0].RequireAll", "'yes' is neither $true nor $false." },
        { "Port        = 8080", "Port        = ¦'8080'", "Services[0].Port", "'8080' is no whole number from 1 to 65535." },
        { "Alpha          = 0.05", "Alpha          = ¦0.5", "Canary.Alpha", "above 0 and below 0.5" },
        { "Title = 'Vision-to-Code Production Rollout'", "Title = ¦5", "Title", "the number 5 is no text." },
        { "Title = 'Vision-to-Code Production Rollout'", "Title = ¦''", "Title", "'' is no text." },
        { "Names = @('green', 'blue')", "Names = ¦@('green', 'blue', 'red')", "Colours.Names", "these are not two colours." },
        { "Names = @('green', 'blue')", "Names = ¦@('blue', 'blue')", "Colours.Names", "these are not two colours." },
        { "Rollback = @{\n        Budget    = '15 min'\n        Retention = '24 h'\n    }", "Rollback = ¦'15 min'", "Rollback", "'15 min' is no hashtable." },
        { "Items = @('Business approval received')", "Items = ¦@()", "Checklists[8].Items", "is empty. Name at least one." },
        { "HealthPath  = '/health'", "HealthPath  = ¦'health'", "Services[0].HealthPath", "'health' is no path of an address." },
        { "Namespace = 'vision-to-code-production'", "Namespace = ¦'Vision to Code'", "Environments[0].Namespace", "no name of a Kubernetes object." },
        { "'registry.vision-to-code.com/business' ", "¦'registry.vision-to-code.com/business:v1' ", "Services[0].Image", "no image without its tag" },
        { "'s3://vision-to-code-production-backups'", "¦'s3://Production_Backups'", "Environments[0].Endpoints.Backups", "no place for backups" },
        { "'https://deploy.vision-to-code.com'", "¦'deploy.vision-to-code.com'", "Links.Deployment Dashboard", "no address" },
        { "'https://deploy.vision-to-code.com'", "¦'ftp://deploy.vision-to-code.com'", "Links.Deployment Dashboard", "no address" },
        { "Email = 'john@vision-to-code.com'", "Email = ¦'john'", "Contacts[0].Email", "'john' is no e-mail address." },

        // Manifests
        { "            Fallback    = @{ ConfigMap = 'business-config'", "            Manifests = ¦@{ }\n            Fallback    = @{ ConfigMap = 'business-config'", "Services[0].Manifests", "names neither File nor Command." },
        { "            Fallback    = @{ ConfigMap = 'business-config'", "            Manifests = ¦@{ File = 'a.yaml'; Command = @('helm') }\n            Fallback    = @{ ConfigMap = 'business-config'", "Services[0].Manifests", "names both File and Command." },
        { "            Fallback    = @{ ConfigMap = 'business-config'", "            Manifests = @{ File = ¦'no-such-file.yaml' }\n            Fallback    = @{ ConfigMap = 'business-config'", "Services[0].Manifests.File", "there is no file '" },
        { "            Fallback    = @{ ConfigMap = 'business-config'", "            Manifests = @{ Command = ¦@() }\n            Fallback    = @{ ConfigMap = 'business-config'", "Services[0].Manifests.Command", "is empty. Name at least one." },
        { "            Fallback    = @{ ConfigMap = 'business-config'", "            Manifests = @{ ¦Files = 'a.yaml' }\n            Fallback    = @{ ConfigMap = 'business-config'", "Services[0].Manifests.Files", "Did you mean 'File'?" },

        // Names that are declared elsewhere
        { "WhenUndecided  = 'Extend'", "WhenUndecided  = ¦'Extnd'", "Canary.WhenUndecided", "'Extnd' is no action for an undecided stage. Did you mean 'Extend'?" },
        { "OnRegression   = 'Warn'", "OnRegression   = ¦'Ignore'", "Canary.OnRegression", "Use one of: Warn, Hold, RollBack." },
        { "Kind        = 'VirtualService' ", "Kind        = ¦'VirtualServce' ", "Environments[0].Route.Kind", "Did you mean 'VirtualService'?" },
        { "            Endpoints = @{\n                Backups = 's3://vision-to-code-production", "            MoreRoutes = @(@{ Kind = 'HTTPRoute'; Name = 'swarm'; Hosts = @{ Green = 'swarm-green'; Blue = 'swarm-blue' }; Services = @(¦'swam') })\n            Endpoints = @{\n                Backups = 's3://vision-to-code-production", "Environments[0].MoreRoutes[0].Services[0]", "the plan has no service 'swam'. Did you mean 'swarm'?" },
        { "            Endpoints = @{\n                Backups = 's3://vision-to-code-production", "            MoreRoutes = @(@{ Kind = 'HTTPRoute'; Name = ¦'vision-to-code'; Hosts = @{ Green = 'swarm-green'; Blue = 'swarm-blue' } })\n            Endpoints = @{\n                Backups = 's3://vision-to-code-production", "Environments[0].MoreRoutes[0].Name", "the route 'vision-to-code' stands in the plan twice." },
        { "Metric = 'LatencyP99'", "Metric = ¦'LatencyP98'", "SuccessCriteria[1].Metric", "'LatencyP98' is no metric. Did you mean 'LatencyP99'?" },
        { "Comparison = 'Above'", "Comparison = ¦'Over'", "SuccessCriteria[0].Comparison", "'Over' is no comparison." },
        { "Category = 'Technical'", "Category = ¦'Tecnical'", "SuccessCriteria[0].Category", "Did you mean 'Technical'?" },
        { "'CriticalAlerts' ", "¦'CriticalAlert' ", "Gates[0].Criteria[2].Name", "'CriticalAlert' is no criterion of a gate. Did you mean 'CriticalAlerts'?" },
        { "@{ Name = 'LatencyDelta';   Limit = '10 ms' }", "¦@{ Name = 'LatencyDelta' }", "Gates[0].Criteria[1].Limit", "the key 'Limit' is missing for 'LatencyDelta'" },
        { "'HealthChecks' ", "@{ Name = 'HealthChecks'; ¦Limit = '5%' } ", "Gates[0].Criteria[3].Limit", "the criterion 'HealthChecks' has no limit." },
        { "'HealthChecks' ", "¦'CriticalAlerts' ", "Gates[0].Criteria[3]", "the criterion 'CriticalAlerts' stands here twice." },
        { "@('migration')", "@(¦'migrations')", "Risks[0].Triggers[0]", "'migrations' is no trigger. Did you mean 'migration'?" },
        { "@('UndoMigrations')", "@(¦'UndoMigration')", "Risks[0].Actions[0]", "Did you mean 'UndoMigrations'?" },
        { "Probability = 'Low'", "Probability = ¦'Lo'", "Risks[0].Probability", "Did you mean 'Low'?" },
        { "Kind = 'StatusPage'", "Kind = ¦'Statuspag'", "Channels[3].Kind", "Did you mean 'StatusPage'?" },
        { "Status   = 'verifying'", "Status   = ¦'verified'", "Messages[15].Status", "'verified' is no status. Did you mean 'verifying'?" },
        { "Phase         = 'Canary'", "Phase         = ¦'Canery'", "Gates[0].Phase", "the timeline has no phase 'Canery'. Did you mean 'Canary'?" },
        { "'Tech Lead', 'DevOps Lead')", "'Tech Lead', ¦'Devop Lead')", "Gates[0].Deciders[1]", "the decider 'Devop Lead' has no contact. Did you mean 'DevOps Lead'?" },
        { "'Tech Lead', 'DevOps Lead')", "'Tech Lead', ¦'Tech Lead')", "Gates[0].Deciders[1]", "'Tech Lead' stands among the deciders twice." },
        { "Message       = 'GateWaiting'   #", "Message       = ¦'GateWaitin'   #", "Gates[0].Message", "there is no message 'GateWaitin'. Did you mean 'GateWaiting'?" },
        { "Channels = @('#deployment-status', '#eng-general')", "Channels = @(¦'#deployment', '#eng-general')", "Messages[0].Channels[0]", "there is no channel '#deployment'." },
        { "Channels = 'Status page'\n            Status   = 'in_progress'", "Channels = 'Status page'", "Messages[13].Status", "goes to a status page and has no Status." },
        { "({Weight})", "({Wieght})", "Messages[3].Text", "there is no placeholder {Wieght}. Did you mean 'Weight'?" },
        { "@('env', 'DATABASE_NAME={Database}')", "¦@('env', 'DATABASE_NAME=scratch')", "Services[0].Database.Scratch", "does not name the scratch database. Write {Database} where its name belongs, like @('env', 'PGDATABASE={Database}')." },
        { "                Timeout = '10 min'", "                Rewrites = @('public.sessions', ¦'sessions')\n                Timeout = '10 min'", "Services[0].Database.Rewrites[1]", "'sessions' is no table with its schema. Write it like 'public.sessions', or 'billing.*' for all tables of a schema." },
        { "@('mix', 'rollout.check')", "¦@()", "Services[0].Database.Checks[0].Command", "is empty. Name at least one." },
        { "'{Steps}'", "¦'{Step}'", "Services[0].Database.Undo[3]", "there is no placeholder {Step}. Did you mean 'Steps'?" },
        { "When  = 'Blue Deploy'", "When  = ¦'Blue Deplo'", "Checklists[7].When", "Did you mean 'Blue Deploy'?" },
        { "Name  = 'Business approval' ", "Name  = 'Approval' ", "Gates[1].Criteria[3]", "needs a checklist named 'Business approval'" },

        { "Label = 'deployment'; For", "Label = ¦'pod'; For", "Silences[0].Label", "'pod' is no label of a Deployment, a version or a colour." },
        { "For = '90 min'", "For = ¦'2 d'", "Silences[0].For", "'2 d' is longer than 24 hours." },

        // Names that stand twice
        { "Name      = 'staging'", "Name      = ¦'production'", "Environments[1].Name", "the environment 'production' stands in the plan twice." },
        { "Name        = 'core'", "Name        = ¦'business'", "Services[1].Name", "the service 'business' stands in the plan twice." },
        { "Green = 'core-service'", "Green = ¦'business-service'", "Services[1].Deployments.green", "the deployment 'business-service' stands in the plan twice." },
        { "Name          = 'Cutover'", "Name          = ¦'Canary'", "Gates[1].Name", "the gate 'Canary' stands in the plan twice." },
        { "@{ Name = 'CanaryStage'; ", "@{ Name = ¦'CanaryStarted'; ", "Messages[4].Name", "the message 'CanaryStarted' stands in the plan twice." },
        { "Role = 'Deployment Lead'", "Role = 'CTO'", "Contacts[4].Role", "the contact 'CTO' stands in the plan twice." },
        { "Channels = @(\n", "Channels = @(\n        @{ Name = '#eng-general'; Kind = 'Chat' }\n", "Channels[3].Name", "the channel '#eng-general' stands in the plan twice." },
        { "Name = 'Response Time P99'", "Name = ¦'Availability'", "SuccessCriteria[1].Name", "the success criterion 'Availability' stands in the plan twice." },
        { "Name        = 'Performance degradation'", "Name        = ¦'Database migration failure'", "Risks[2].Name", "the risk 'Database migration failure' stands in the plan twice." },

        // Numbers that must fit together
        { "Weight = '10%'", "Weight = ¦5", "Canary.Stages[1].Weight", "the stage has 5% after 5%; the stages must ascend." },
        { "Weight = '50%'", "Weight = ¦'150%'", "Canary.Stages[3].Weight", "'150%' is no weight between 1% and 100%." },
        { "Weight = '5%'", "Weight = ¦0", "Canary.Stages[0].Weight", "the number 0 is no weight between 1% and 100%." },
        { "Weight = '5%'", "Weight = ¦'2.5%'", "Canary.Stages[0].Weight", "not in whole per cent" },
        { "Weight = '5%'", "Weight = ¦'few'", "Canary.Stages[0].Weight", "'few' is no weight. Write whole per cent: 5 or '5%'." },
        { "Dwell = '20 min'", "Dwell = ¦'20 s'", "Canary.Stages[1].Dwell", "shorter than the time between two readings (30 s)" },
        { "Stages = @(", "Stages = ¦@(\n            @{ Weight = 1; Dwell = '1 h' }", "Canary.Stages", "the stages stay 2 h 30 min together, but the phase 'Canary' has 1 h 30 min." },
        { "Start = '10:00'", "Start = ¦'09:45'", "Timeline[2].Start", "which overlaps by 15 min" },
        { "Name = 'Database';      Start = '09:30'; Duration = '30 min'", "Name = 'Database';      Start = '09:30'; Duration = '20 min'", "Timeline[2].Start", "'Database' ends at 09:50 (09:30 and 20 min), which leaves a gap of 10 min." },
        { "Start = '09:00'; Duration = '30 min'", "Start = '09:00'; Duration = ¦'0 min'", "Timeline[0].Duration", "takes no time, and only the last one may" },
        { "Limit = '8 h'", "Limit = ¦'7 h'", "SuccessCriteria[10].Limit", "the timeline takes 8 h, which cannot meet AtMost 7 h." },
        { "Comparison = 'AtMost';  Limit = '8 h'", "Comparison = 'Below';  Limit = ¦'8 h'", "SuccessCriteria[10].Limit", "the timeline takes 8 h, which cannot meet Below 8 h." },

        // What is no data
        { "Version = 'v1.1.0'\n", "\n    Version = ¦Get-Date\n", "Version", "'Get-Date'" },
        { "Port        = 8080", "Port        = ¦$port", "Services[0].Port", "$port is a variable." },
        { "Title = 'Vision-to-Code Production Rollout'", "Title = ¦\"Rollout of $env:USER\"", "Title", "holds a variable or command. Use single quotes" },
        { "Title = 'Vision-to-Code Production Rollout'", "Title = ¦$(hostname)", "Title", "the subexpression $(hostname) is no data." },
        { "Title = 'Vision-to-Code Production Rollout'", "Title = ¦{ 'x' }", "Title", "the script block { 'x' } is no data." },
        { "Title = 'Vision-to-Code Production Rollout'", "Title = ¦[string]'x'", "Title", "the conversion [string]'x' is no data." },
        { "Title = 'Vision-to-Code Production Rollout'", "Title = ¦if ($true) { 'x' }", "Title", "the statement if ($true) { 'x' } is no data." },
        { "Title = 'Vision-to-Code Production Rollout'", "Title = ¦('a' + 'b')", "Title", "the expression ('a' + 'b') is no data." },
        { "@{\n    Name  = 'vision-to-code'", "¦Remove-Item x\n@{\n    Name  = 'vision-to-code'", "the file", "the command 'Remove-Item' is not part of a plan" },
        { "@{\n    Name  = 'vision-to-code'", "¦param($x)\n@{\n    Name  = 'vision-to-code'", "the file", "a plan is one hashtable and nothing around it." },
    };

    [Theory(Timeout = 120_000)]
    [MemberData(nameof(Mistakes))]
    public async Task Is_found_once_at_its_place_with_what_to_write(string old, string changed, string where, string message)
    {
        await Task.Yield();
        var plan = new PlanText().With(old, changed);
        var problem = Assert.Single(plan.Problems);
        Assert.Equal(where, problem.Where);
        Assert.Contains(message, $"{problem.Message} {problem.Suggestion}", StringComparison.Ordinal);
        if (plan.Marked is [var place]) Assert.Equal(place, (problem.Line, problem.Column));
    }

    [Fact]
    public void A_service_without_a_database_is_found()
    {
        var plan = new PlanText().With("            Database    = @{\n                Name    = 'business_production'", "            Databse     = @{\n                Name    = 'business_production'");
        Assert.Equal("there is no key 'Databse' here. Did you mean 'Database'?", Both(Assert.Single(plan.Problems)));
        var without = new PlanText().With("            Database    = @{\n                Name    = 'business_production'\n                Secret  = 'business-database'\n                Migrate = @('mix', 'ecto.migrate', '--log-sql')\n                Undo    = @('mix', 'ecto.rollback', '-n', '{Steps}')\n                Scratch = @('env', 'DATABASE_NAME={Database}')\n                Checks  = @(@{ Name = 'Old version reads and writes'; Command = @('mix', 'rollout.check') })\n                Timeout = '10 min'\n            }", "");
        Assert.Equal("the key 'Database' is missing for 'business'. Add Database = ….", Both(Assert.Single(without.Problems)));
    }

    [Fact]
    public void A_dozen_mistakes_are_all_reported_in_the_order_of_the_file()
    {
        var plan = new PlanText()
            .With("Title = 'Vision-to-Code Production Rollout'", "Title = ¦5")
            .With("Namespace = 'vision-to-code-production'", "¦Namspace = 'vision-to-code-production'")
            .With("Blue = 'core-service-blue'", "¦Bleu = 'core-service-blue'")
            .With("HealthPath  = '/health'", "HealthPath  = ¦'health'")
            .With("Start = '10:00'", "Start = ¦'09:45'")
            .With("Dwell = '30 min'", "Dwell = ¦30")
            .With("Weight = '25%'", "Weight = ¦'5%'")
            .With("Alpha          = 0.05", "Alpha          = ¦$alpha")
            .With("'Tech Lead', 'DevOps Lead')", "¦'Team Lead', 'DevOps Lead')")
            .With("Limit = '10,000 RPS'", "Limit = ¦10000")
            .With("@('migration')", "@(¦'migrations')")
            .With("        Budget    = '15 min'\n", "        Budget    = '15 min'\n        ¦Budget = '10 min'\n")
            .With("Channels = '#deployment-status'", "Channels = ¦'#deployment'");
        Assert.Equal(plan.Marked.Select(place => place.Line).Count(), plan.Problems.Count);
        Assert.Equal(plan.Marked.Select(place => place), plan.Problems.Select(problem => (problem.Line, problem.Column)));
    }

    [Fact]
    public void Every_syntax_error_is_a_mistake_with_its_line()
    {
        var problems = new PlanText().With("Title = 'Vision-to-Code Production Rollout'", "Title = ").With("Poll           = '30 s'", "Poll           = ").Problems;
        Assert.True(problems.Count >= 2);
        Assert.All(problems, problem => Assert.True(problem.Line > 0));
    }

    [Theory]
    [InlineData("")]
    [InlineData("# nothing here")]
    [InlineData("'text'")]
    [InlineData("@( @{} )")]
    public void A_file_without_a_hashtable_is_one_mistake(string text) =>
        Assert.Single(VisionRollout.Plan.PlanFile.Parse(text, "/plan.psd1", "hash").Problems);

    private static string Both(Core.Plan.PlanProblem problem) => $"{problem.Message} {problem.Suggestion}";
}
