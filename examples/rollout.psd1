# The rollout plan of Vision-to-Code.
#
# Everything that is decided before a rollout starts stands in this file; the module knows none of it by itself.
# It is read as data: no variables, no commands. After a change run
#
#     Test-RolloutPlan ./rollout.psd1
#
# which lists every mistake with its line.
#
# How quantities are written
#     durations   '30 min'  '2 h 30 min'  '90 s'  '10 ms'  '1 d'
#     shares      '0.1%'
#     rates       '10,000 RPS' or '10000 requests/s'
#     times       '09:00', always UTC
#     weights     '5%' or 5, whole per cent
#
# Passwords, tokens and webhook addresses never stand here.
@{
    Name  = 'vision-to-code'
    Title = 'Vision-to-Code Production Rollout'

    # Version to roll out when Start-Rollout is given none.
    # Version = 'v1.1.0'

    # --- Where ------------------------------------------------------------------------------------------------------

    # Which colour serves is read from the traffic route. The first rollout goes from green to blue, the next one back.
    Colours = @{
        Label = 'deployment-color'   # label on Deployments and pods
        Names = @('green', 'blue')
    }

    Environments = @(
        @{
            Name      = 'production'
            Namespace = 'vision-to-code-production'
            Route     = @{
                Kind        = 'VirtualService'   # or 'HTTPRoute'
                Name        = 'vision-to-code'
                Hosts       = @{ Green = 'vision-to-code-green'; Blue = 'vision-to-code-blue' }
                Port        = 80
                Header      = 'canary'           # a request with 'canary: true' goes to the new colour at any weight
                HeaderValue = 'true'
            }
            # Services with a route of their own: MoreRoutes = @(@{ Kind = …; Name = …; Hosts = …; Services = @('swarm') }). All routes move together
            # or none does; on the way back the last one moves first.
            Endpoints = @{
                Backups = 's3://vision-to-code-production-backups'
                # Also possible: KubeConfig, Context, Gateway, Prometheus, Alertmanager, S3Endpoint; PrometheusSecret and AlertmanagerSecret name
                # Secrets of the namespace with the access to these (token; username, password; tls.crt, tls.key; ca.crt).
                # What is not here is given when connecting; without a KubeConfig the usual places count.
            }
        }
        @{
            Name      = 'staging'
            Namespace = 'vision-to-code-staging'
            Route     = @{
                Kind        = 'VirtualService'
                Name        = 'vision-to-code'
                Hosts       = @{ Green = 'vision-to-code-green'; Blue = 'vision-to-code-blue' }
                Port        = 80
                Header      = 'canary'
                HeaderValue = 'true'
            }
            Endpoints = @{
                Backups = 's3://vision-to-code-staging-backups'
            }
        }
    )

    # Backups stay for so many days, weeks and months, one of each; the last verified one always.
    # Key = 'backup-key' encrypts with the AES-256 key that the Secret 'backup-key' holds under 'key'.
    Backups = @{ Daily = 7; Weekly = 4; Monthly = 12 }

    # --- What -------------------------------------------------------------------------------------------------------

    # In the order in which they are rolled out. Health documents name each external system as 'external:NAME'.
    # {Steps} in Undo is the number of migrations to take back. Scratch leads a command to another database, {Database}: before migrations run
    # on a service's own database they are tried on a restored one, and Checks read and write there as the old version does.
    Services = @(
        @{
            Name        = 'business'
            Deployments = @{ Green = 'business-service'; Blue = 'business-service-blue' }
            Container   = 'business'
            Image       = 'registry.vision-to-code.com/business'   # the tag is the version
            Port        = 8080
            HealthPath  = '/health'
            External    = @('payments')
            Features    = @(
                @{ Name = 'Accounts'; Path = '/business/accounts' }
                @{ Name = 'Orders'; Path = '/business/orders' }
            )
            Fallback    = @{ ConfigMap = 'business-config'; Key = 'external.fallback'; On = 'on'; Off = 'off' }
            # Also possible, in place of a copy of the live Deployment: manifests, from a file or as a command prints them.
            # Manifests = @{ Command = @('helm', 'template', 'business', 'charts/business', '--set', 'image.tag={Version}') }
            Database    = @{
                Name    = 'business_production'
                Secret  = 'business-database'
                Migrate = @('mix', 'ecto.migrate', '--log-sql')
                Undo    = @('mix', 'ecto.rollback', '-n', '{Steps}')
                Scratch = @('env', 'DATABASE_NAME={Database}')
                Checks  = @(@{ Name = 'Old version reads and writes'; Command = @('mix', 'rollout.check') })
                Timeout = '10 min'
            }
        }
        @{
            Name        = 'core'
            Deployments = @{ Green = 'core-service'; Blue = 'core-service-blue' }
            Container   = 'core'
            Image       = 'registry.vision-to-code.com/core'   # the tag is the version
            Port        = 8080
            HealthPath  = '/health'
            External    = @('identity')
            Features    = @(
                @{ Name = 'Projects'; Path = '/core/projects' }
                @{ Name = 'Sign-in'; Path = '/core/session' }
            )
            Fallback    = @{ ConfigMap = 'core-config'; Key = 'external.fallback'; On = 'on'; Off = 'off' }
            Database    = @{
                Name    = 'core_production'
                Secret  = 'core-database'
                Migrate = @('mix', 'ecto.migrate', '--log-sql')
                Undo    = @('mix', 'ecto.rollback', '-n', '{Steps}')
                Scratch = @('env', 'DATABASE_NAME={Database}')
                Checks  = @(@{ Name = 'Old version reads and writes'; Command = @('mix', 'rollout.check') })
                Timeout = '10 min'
            }
        }
        @{
            Name        = 'swarm'
            Deployments = @{ Green = 'swarm-service'; Blue = 'swarm-service-blue' }
            Container   = 'swarm'
            Image       = 'registry.vision-to-code.com/swarm'   # the tag is the version
            Port        = 8080
            HealthPath  = '/health'
            External    = @('queue')
            Features    = @(
                @{ Name = 'Agents'; Path = '/swarm/agents' }
                @{ Name = 'Tasks'; Path = '/swarm/tasks' }
            )
            Fallback    = @{ ConfigMap = 'swarm-config'; Key = 'external.fallback'; On = 'on'; Off = 'off' }
            Database    = @{
                Name    = 'swarm_production'
                Secret  = 'swarm-database'
                Migrate = @('mix', 'ecto.migrate', '--log-sql')
                Undo    = @('mix', 'ecto.rollback', '-n', '{Steps}')
                Scratch = @('env', 'DATABASE_NAME={Database}')
                Checks  = @(@{ Name = 'Old version reads and writes'; Command = @('mix', 'rollout.check') })
                Timeout = '10 min'
            }
        }
        @{
            Name        = 'development'
            Deployments = @{ Green = 'development-service'; Blue = 'development-service-blue' }
            Container   = 'development'
            Image       = 'registry.vision-to-code.com/development'   # the tag is the version
            Port        = 8080
            HealthPath  = '/health'
            External    = @('source-hosting')
            Features    = @(
                @{ Name = 'Repositories'; Path = '/development/repositories' }
                @{ Name = 'Code from a picture'; Path = '/development/generations' }
            )
            Fallback    = @{ ConfigMap = 'development-config'; Key = 'external.fallback'; On = 'on'; Off = 'off' }
            Database    = @{
                Name    = 'development_production'
                Secret  = 'development-database'
                Migrate = @('mix', 'ecto.migrate', '--log-sql')
                Undo    = @('mix', 'ecto.rollback', '-n', '{Steps}')
                Scratch = @('env', 'DATABASE_NAME={Database}')
                Checks  = @(@{ Name = 'Old version reads and writes'; Command = @('mix', 'rollout.check') })
                Timeout = '10 min'
            }
        }
    )

    # --- When -------------------------------------------------------------------------------------------------------

    # Each row starts when the one before ends.
    Timeline = @(
        @{ Name = 'Preparation';   Start = '09:00'; Duration = '30 min';  Activities = 'Team sync, final checks'; Criterion = 'All systems go' }
        @{ Name = 'Database';      Start = '09:30'; Duration = '30 min';  Activities = 'Backup, migrations';      Criterion = 'Migrations successful' }
        @{ Name = 'Blue Deploy';   Start = '10:00'; Duration = '90 min';  Activities = 'Deploy, test, validate';  Criterion = 'Blue environment healthy' }
        @{ Name = 'Canary';        Start = '11:30'; Duration = '90 min';  Activities = 'Progressive rollout';     Criterion = 'Error rate < 0.1%' }
        @{ Name = 'Cutover';       Start = '13:00'; Duration = '60 min';  Activities = 'Full traffic switch';     Criterion = 'Zero downtime' }
        @{ Name = 'Validation';    Start = '14:00'; Duration = '60 min';  Activities = 'Tests, monitoring';       Criterion = 'All tests pass' }
        @{ Name = 'Stabilization'; Start = '15:00'; Duration = '120 min'; Activities = 'Monitor, optimize';       Criterion = 'Stable metrics' }
        @{ Name = 'Complete';      Start = '17:00'; Duration = '0 min';   Activities = 'Final sign-off';          Criterion = 'Deployment successful' }
    )

    # --- The canary -------------------------------------------------------------------------------------------------

    Canary = @{
        Stages = @(
            @{ Weight = '5%';  Dwell = '30 min' }
            @{ Weight = '10%'; Dwell = '20 min' }
            @{ Weight = '25%'; Dwell = '20 min' }
            @{ Weight = '50%'; Dwell = '20 min' }
        )
        Poll           = '30 s'    # time between two readings
        ErrorRateDelta = '0.1%'    # tolerated rise of the error rate over the old version, in percentage points
        LatencyDelta   = '10 ms'   # tolerated rise of the 99th percentile of the response time
        Alpha          = 0.05      # error probability of the judge
        WhenUndecided  = 'Extend'  # Hold, Extend or RollBack; an undecided stage is never promoted
        Extension      = '15 min'
        OnRegression   = 'Warn'    # a proven regression within the tolerance: Warn, Hold or RollBack
        WhenUndecidable = 'Warn'   # at the start, when the present traffic can't decide a stage in its dwell: Warn or Refuse
        EarlyGo        = $false    # $true: a stage that is proven good ends before its dwell is over, after LeastDwell
        # LeastDwell   = '5 min'
        CpuLimit       = '70%'
        MemoryLimit    = '80%'
    }

    # What the request metrics and their labels are called. Without this section: Istio's names.
    # Metrics = @{ Requests = 'http_requests_total'; Latency = 'http_request_duration_seconds'; LatencyUnit = 's'; Deployment = 'deployment'
    #              Namespace = 'namespace'; Code = 'status'; GrpcStatus = ''; Flags = ''; Reporter = '' }

    # --- Who decides ------------------------------------------------------------------------------------------------

    # All criteria must be Go, then the deciders are asked. Without an answer at the deadline: Hold, Extend or RollBack.
    Gates = @(
        @{
            Name          = 'Canary'
            Phase         = 'Canary'
            Criteria      = @(
                @{ Name = 'ErrorRateDelta'; Limit = '0.1%' }
                @{ Name = 'LatencyDelta';   Limit = '10 ms' }
                'CriticalAlerts'     # no critical alert
                'HealthChecks'       # all health checks green
            )
            Deciders      = @('Tech Lead', 'DevOps Lead')
            RequireAll    = $true    # both
            Deadline      = '15 min'
            WhenUndecided = 'Hold'
            Message       = 'GateWaiting'   # when it waits for its deciders, and again when approvals have expired
        }
        @{
            Name          = 'Cutover'
            Phase         = 'Cutover'
            Criteria      = @(
                @{ Name = 'CanaryStable'; Limit = '20 min' }   # 50% canary stable
                'Incidents'          # no P1 or P2 incident
                'ResourceUsage'      # CPU and memory below the canary's limits
                'BusinessApproval'   # the checklist 'Business approval' is confirmed
            )
            Deciders      = @('CTO', 'VP Engineering')
            RequireAll    = $false   # one of them
            Deadline      = '15 min'
            WhenUndecided = 'Hold'
            Message       = 'GateWaiting'
        }
    )

    # --- When it was a success --------------------------------------------------------------------------------------

    SuccessCriteria = @(
        @{ Category = 'Technical';   Name = 'Availability';           Metric = 'Availability';        Comparison = 'Above';   Limit = '99.99%' }
        @{ Category = 'Technical';   Name = 'Response Time P99';      Metric = 'LatencyP99';          Comparison = 'Below';   Limit = '100 ms' }
        @{ Category = 'Technical';   Name = 'Error Rate';             Metric = 'ErrorRate';           Comparison = 'Below';   Limit = '0.1%' }
        @{ Category = 'Technical';   Name = 'Throughput';             Metric = 'Throughput';          Comparison = 'Above';   Limit = '10,000 RPS' }
        @{ Category = 'Technical';   Name = 'CPU Usage';              Metric = 'CpuUsage';            Comparison = 'Below';   Limit = '70%' }
        @{ Category = 'Technical';   Name = 'Memory Usage';           Metric = 'MemoryUsage';         Comparison = 'Below';   Limit = '80%' }
        @{ Category = 'Business';    Name = 'User Impact (downtime)'; Metric = 'Downtime';            Comparison = 'AtMost';  Limit = '0 s' }
        @{ Category = 'Business';    Name = 'Feature Parity';         Metric = 'FeatureParity';       Comparison = 'AtLeast'; Limit = '100%' }
        @{ Category = 'Business';    Name = 'API Compatibility';      Metric = 'ApiCompatibility';    Comparison = 'AtLeast'; Limit = '100%' }
        @{ Category = 'Business';    Name = 'Data Integrity (lost)';  Metric = 'DataLoss';            Comparison = 'AtMost';  Limit = 0 }
        # The document says '< 8 hours', and its timeline is exactly 8 hours. So: the planned 8 hours of work, not more.
        @{ Category = 'Operational'; Name = 'Deployment Duration';    Metric = 'DeploymentDuration';  Comparison = 'AtMost';  Limit = '8 h' }
        @{ Category = 'Operational'; Name = 'Rollback Capability';    Metric = 'RollbackDuration';    Comparison = 'Below';   Limit = '15 min' }
        @{ Category = 'Operational'; Name = 'Alert False Positives';  Metric = 'AlertFalsePositives'; Comparison = 'Below';   Limit = '5%' }
        @{ Category = 'Operational'; Name = 'Documentation Updated';  Metric = 'Documentation';       Comparison = 'AtLeast'; Limit = '100%' }
    )

    # --- What can go wrong ------------------------------------------------------------------------------------------

    # Triggers say by which kind of finding a risk becomes real; Traffic is moved back first, then the actions are carried out in this order.
    Risks = @(
        @{
            Name        = 'Database migration failure'
            Probability = 'Low'
            Impact      = 'High'
            Mitigation  = 'Test in staging, use transactions'
            Contingency = 'Rollback migrations'
            Triggers    = @('migration')
            Actions     = @('UndoMigrations')
        }
        @{
            Name        = 'Service communication issues'
            Probability = 'Medium'
            Impact      = 'High'
            Mitigation  = 'Service mesh validation'
            Contingency = 'Use previous version'
            Triggers    = @('error-rate', 'health', 'alert')   # 'alert': a critical alert that nothing more precise explains
            Actions     = @('RollBackTraffic')
        }
        @{
            Name        = 'Performance degradation'
            Probability = 'Low'
            Impact      = 'Medium'
            Mitigation  = 'Canary deployment'
            Contingency = 'Immediate rollback'
            Triggers    = @('latency')
            Actions     = @('RollBackTraffic')
        }
        @{
            Name        = 'External service failures'
            Probability = 'Medium'
            Impact      = 'Medium'
            Mitigation  = 'Circuit breakers'
            Contingency = 'Fallback mechanisms'
            Triggers    = @('external')
            Actions     = @('EnableFallback', 'RollBackTraffic')
        }
        @{
            Name        = 'Resource exhaustion'
            Probability = 'Low'
            Impact      = 'High'
            Mitigation  = 'Auto-scaling, monitoring'
            Contingency = 'Scale manually'
            Triggers    = @('cpu', 'memory')
            Actions     = @('ScaleUp', 'RollBackTraffic')
        }
    )

    # The way back takes less than the budget and stays open for the retention time after the cutover.
    Rollback = @{
        Budget    = '15 min'
        Retention = '24 h'
    }

    # Alerts that the release itself causes. They are silenced while the new version is brought up: never a critical one, never one of the old version,
    # and no longer than the rollout. Label is how the alert tells whom it is about: deployment, workload, version, deployment_color.
    Silences = @(
        @{ Alert = 'KubeDeploymentReplicasMismatch'; Label = 'deployment'; For = '90 min'; Reason = 'The pods of the new version come up' }
    )

    # --- Checklists -------------------------------------------------------------------------------------------------

    # When: 'T-7 days', the name of a phase, 'Day 1' or 'Week 1'.
    Checklists = @(
        @{
            Name  = 'Infrastructure validation'
            When  = 'T-7 days'
            Items = @(
                'Terraform state validated (plan shows no change)'
                'All resources verified'
            )
        }
        @{
            Name  = 'Security audit'
            When  = 'T-7 days'
            Items = @(
                'SSL certificates valid and not expiring within 30 days'
                'Security groups reviewed and least-privilege confirmed'
                'Secrets rotation completed'
                'WAF rules updated'
                'DDoS protection enabled'
            )
        }
        @{
            Name  = 'Backup verification'
            When  = 'T-7 days'
            Items = @(
                'Backup restoration tested in staging'
                'Backup retention verified'
            )
        }
        @{
            Name  = 'Load testing'
            When  = 'T-3 days'
            Items = @(
                'Staging carried 10,000 users for 1 hour (ramp-up 5 minutes)'
                'Response time P99 < 100 ms'
                'Error rate < 0.1%'
                'CPU usage < 70%'
                'Memory usage < 80%'
            )
        }
        @{
            Name  = 'Integration testing'
            When  = 'T-3 days'
            Items = @(
                'Full integration test suite passed'
                'API contract tests passed against staging'
            )
        }
        @{
            Name  = 'Team briefing'
            When  = 'T-1 day'
            Items = @(
                'All team members confirmed available'
                'Roles and responsibilities assigned'
                'Communication channels tested'
                'Runbooks reviewed'
            )
        }
        @{
            Name  = 'Final checklist'
            When  = 'T-1 day'
            Items = @(
                'All PRs merged to main branch'
                'Docker images built and scanned'
                'Helm charts validated'
                'Monitoring dashboards configured'
                'Alerts configured and tested'
                'Rollback procedures validated'
            )
        }
        @{
            Name  = 'Blue environment validation'
            When  = 'Blue Deploy'
            Items = @(
                'All pods running and ready'
                'Health checks passing'
                'Database connections established'
                'External service integrations verified'
                'Metrics being collected'
            )
        }
        @{
            Name  = 'Business approval'   # the criterion BusinessApproval of the gate 'Cutover'
            When  = 'Cutover'
            Items = @('Business approval received')
        }
        @{
            Name  = 'Documentation updated'   # the success criterion Documentation
            When  = 'Stabilization'
            Items = @(
                'Runbook updated to the new version'
                'API documentation updated'
                'Release notes published'
            )
        }
        @{
            Name  = 'Monitoring intensification'
            When  = 'Day 0'
            Items = @(
                'Enhanced monitoring for 24 hours'
                'Alert thresholds adjusted to high sensitivity'
            )
        }
        @{
            Name  = 'Performance tuning'
            When  = 'Day 0'
            Items = @(
                'Auto-scaling validated'
                'Caches warmed'
            )
        }
        @{
            Name  = 'Metrics review'
            When  = 'Day 1'
            Items = @(
                'Performance metrics analysis'
                'Error rate trending'
                'Resource utilization patterns'
                'User behavior changes'
            )
        }
        @{
            Name  = 'Feedback collection'
            When  = 'Day 1'
            Items = @(
                'Internal team feedback'
                'Customer support tickets'
                'Performance reports'
                'Security scan results'
            )
        }
        @{
            Name  = 'Optimization'
            When  = 'Week 1'
            Items = @(
                'Performance optimized on a week of real traffic'
                'Costs analysed, recommendations written down'
            )
        }
        @{
            Name  = 'Documentation'
            When  = 'Week 1'
            Items = @(
                'Update runbooks'
                'Document lessons learned'
                'Update architecture diagrams'
                'Create post-mortem (if needed)'
            )
        }
        @{
            Name  = 'Success celebration'
            When  = 'Week 1'
            Items = @(
                'Deployment completion announcement'
                'Team appreciation message'
                'Success metrics sharing'
                'Lessons learned session'
            )
        }
        @{
            Name  = 'Continuous improvement'
            When  = 'Week 1'
            Items = @(
                'Schedule retrospective meeting'
                'Update deployment procedures'
                'Enhance automation scripts'
                'Plan next iteration'
            )
        }
    )

    # --- Who --------------------------------------------------------------------------------------------------------

    # Every decider needs a contact with an Identity: the user name in the cluster (kubectl auth whoami), or 'group:NAME' for anybody in a
    # group. Who approves must be that user there; where all deciders must approve, each must be somebody else.
    Contacts = @(
        @{ Role = 'Deployment Lead';  Name = 'John Doe';       Phone = '+1-xxx-xxx-xxxx'; Email = 'john@vision-to-code.com' }
        @{ Role = 'Tech Lead';        Name = 'Jane Smith';     Phone = '+1-xxx-xxx-xxxx'; Email = 'jane@vision-to-code.com'; Identity = 'jane@vision-to-code.com' }
        @{ Role = 'DevOps Lead';      Name = 'Bob Johnson';    Phone = '+1-xxx-xxx-xxxx'; Email = 'bob@vision-to-code.com'; Identity = 'bob@vision-to-code.com' }
        @{ Role = 'On-Call Engineer'; Name = 'Rotation';       Phone = 'See PagerDuty';   Email = 'oncall@vision-to-code.com' }
        @{ Role = 'CTO';              Name = 'CTO';            Phone = '+1-xxx-xxx-xxxx'; Email = 'cto@vision-to-code.com'; Identity = 'cto@vision-to-code.com' }
        @{ Role = 'VP Engineering';   Name = 'VP Engineering'; Phone = '+1-xxx-xxx-xxxx'; Email = 'vp-engineering@vision-to-code.com'; Identity = 'vp-engineering@vision-to-code.com' }
    )

    # --- What is said, and where ------------------------------------------------------------------------------------

    Channels = @(
        @{ Name = '#deployment-status'; Kind = 'Chat';       Purpose = 'Real-time updates' }
        @{ Name = '#incident-response'; Kind = 'Chat';       Purpose = 'Issues and escalations' }
        @{ Name = '#eng-general';       Kind = 'Chat';       Purpose = 'Broad announcements' }
        @{ Name = 'Status page';        Kind = 'StatusPage'; Purpose = 'Customers' }
    )

    # Placeholders: {Date} {Time} {Version} {Environment} {Weight} (like 5%) {Reason}.
    # At is the planned time, Before the time ahead of the first phase, Every the time between repetitions.
    # Status (for the status page): scheduled, in_progress, verifying or completed.
    Messages = @(

        # Status updates
        @{ Name = 'Started';            At = '09:00'; Text = '[{Time}] 🚀 Production deployment started';                    Channels = @('#deployment-status', '#eng-general') }
        @{ Name = 'MigrationsComplete'; At = '10:00'; Text = '[{Time}] ✅ Database migrations complete';                     Channels = '#deployment-status' }
        @{ Name = 'BlueHealthy';        At = '11:00'; Text = '[{Time}] 🔵 Blue environment deployed and healthy';            Channels = '#deployment-status' }
        @{ Name = 'CanaryStarted';      At = '11:30'; Text = '[{Time}] 🐤 Canary rollout started ({Weight})';                Channels = '#deployment-status' }
        @{ Name = 'CanaryStage';                      Text = '[{Time}] 🐤 Canary rollout at {Weight}';                       Channels = '#deployment-status' }
        @{ Name = 'CutoverStarted';     At = '13:00'; Text = '[{Time}] 🔄 Full traffic cutover in progress';                 Channels = '#deployment-status' }
        @{ Name = 'DeploymentComplete'; At = '14:00'; Text = '[{Time}] ✅ Deployment complete, validation in progress';      Channels = '#deployment-status' }
        @{ Name = 'Successful';         At = '17:00'; Text = '[{Time}] 🎉 Production deployment successful!';                Channels = @('#deployment-status', '#eng-general') }

        # When it does not go as planned
        @{ Name = 'GateWaiting'; Text = '[{Time}] 🚦 Waiting for a decision: {Reason}';                      Channels = '#deployment-status' }
        @{ Name = 'Incident';    Text = '[{Time}] 🔴 Deployment of {Version} to {Environment}: {Reason}';    Channels = @('#incident-response', '#deployment-status') }
        @{ Name = 'RolledBack';  Text = '[{Time}] ⏪ {Version} rolled back in {Environment}: {Reason}';      Channels = @('#incident-response', '#deployment-status', '#eng-general') }
        @{ Name = 'Stopped';     Text = '[{Time}] 🛑 Deployment of {Version} to {Environment} stopped: {Reason}'; Channels = @('#incident-response', '#deployment-status', '#eng-general') }

        # Status page
        @{
            Name     = 'MaintenanceNotice'
            Before   = '24 h'
            Title    = 'Scheduled maintenance - Vision-to-Code platform upgrade'
            Text     = 'We are upgrading our platform on {Date}, 09:00 - 17:00 UTC. No downtime is expected.'
            Channels = 'Status page'
            Status   = 'scheduled'
        }
        @{
            Name     = 'MaintenanceStarted'
            At       = '09:00'
            Title    = 'Vision-to-Code platform upgrade'
            Text     = 'The maintenance window has started. No downtime is expected.'
            Channels = 'Status page'
            Status   = 'in_progress'
        }
        @{
            Name     = 'MaintenanceProgress'
            Every    = '1 h'
            Title    = 'Vision-to-Code platform upgrade'
            Text     = 'The upgrade continues ({Time} UTC). All services are available.'
            Channels = 'Status page'
            Status   = 'in_progress'
        }
        @{
            Name     = 'MaintenanceVerifying'
            At       = '14:00'
            Title    = 'Vision-to-Code platform upgrade'
            Text     = 'The new version serves all traffic and is being verified.'
            Channels = 'Status page'
            Status   = 'verifying'
        }
        @{
            Name     = 'MaintenanceCompleted'
            At       = '17:00'
            Title    = 'Vision-to-Code platform upgrade'
            Text     = 'The upgrade is complete. Thank you for your patience.'
            Channels = 'Status page'
            Status   = 'completed'
        }
        @{
            Name     = 'MaintenanceEnded'
            Title    = 'Vision-to-Code platform upgrade'
            Text     = 'The upgrade was ended early and the previous version serves all traffic. A new date will follow.'
            Channels = 'Status page'
            Status   = 'completed'
        }

        # Notice to customers
        @{
            Name     = 'CustomerNotice'
            Before   = '24 h'
            Title    = 'Scheduled Maintenance - Vision-to-Code Platform Upgrade'
            Channels = 'Status page'
            Status   = 'scheduled'
            Text     = @'
Dear Customer,

We are upgrading our platform to bring you enhanced features and improved performance.

Maintenance Window: {Date} 09:00 - 17:00 UTC
Expected Impact: No downtime expected

During this time, you may experience:
- Brief periods of slower response times
- Temporary feature limitations (if any)

We appreciate your patience and understanding.

Best regards,
Vision-to-Code Team
'@
        }
    )

    # --- Links for people -------------------------------------------------------------------------------------------

    Links = @{
        'Deployment Dashboard' = 'https://deploy.vision-to-code.com'
        'Monitoring Dashboard' = 'https://monitor.vision-to-code.com'
        'Runbook Wiki'         = 'https://wiki.vision-to-code.com/runbooks'
        'Architecture Docs'    = 'https://docs.vision-to-code.com/architecture'
        'Previous Deployments' = 'https://wiki.vision-to-code.com/deployments'
    }
}
