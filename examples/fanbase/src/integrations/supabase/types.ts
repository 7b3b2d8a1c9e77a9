export type Json = string | number | boolean | null | { [key: string]: Json | undefined } | Json[]

export type Database = {
  public: {
    Tables: {
      ai_usage: {
        Row: {
          calls: number
          day: string
          user_id: string
        }
        Insert: {
          calls?: number
          day?: string
          user_id: string
        }
        Update: {
          calls?: number
          day?: string
          user_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "ai_usage_user_id_fkey"
            columns: ["user_id"]
            isOneToOne: false
            referencedRelation: "profiles"
            referencedColumns: ["id"]
          },
        ]
      }
      audit_log: {
        Row: {
          action: string
          actor_id: string | null
          created_at: string
          detail: Json | null
          id: string
          target: string | null
        }
        Insert: {
          action: string
          actor_id?: string | null
          created_at?: string
          detail?: Json | null
          id?: string
          target?: string | null
        }
        Update: {
          action?: string
          actor_id?: string | null
          created_at?: string
          detail?: Json | null
          id?: string
          target?: string | null
        }
        Relationships: [
          {
            foreignKeyName: "audit_log_actor_id_fkey"
            columns: ["actor_id"]
            isOneToOne: false
            referencedRelation: "profiles"
            referencedColumns: ["id"]
          },
        ]
      }
      campaign_recipients: {
        Row: {
          campaign_id: string
          clicked_at: string | null
          created_at: string
          email: string
          first_name: string | null
          id: string
          opened_at: string | null
        }
        Insert: {
          campaign_id: string
          clicked_at?: string | null
          created_at?: string
          email: string
          first_name?: string | null
          id?: string
          opened_at?: string | null
        }
        Update: {
          campaign_id?: string
          clicked_at?: string | null
          created_at?: string
          email?: string
          first_name?: string | null
          id?: string
          opened_at?: string | null
        }
        Relationships: [
          {
            foreignKeyName: "campaign_recipients_campaign_id_fkey"
            columns: ["campaign_id"]
            isOneToOne: false
            referencedRelation: "campaigns"
            referencedColumns: ["id"]
          },
        ]
      }
      campaigns: {
        Row: {
          audience: string
          body: string
          created_at: string
          creator_id: string
          id: string
          sent_at: string | null
          sent_count: number
          status: string
          subject: string
        }
        Insert: {
          audience?: string
          body: string
          created_at?: string
          creator_id: string
          id?: string
          sent_at?: string | null
          sent_count?: number
          status?: string
          subject: string
        }
        Update: {
          audience?: string
          body?: string
          created_at?: string
          creator_id?: string
          id?: string
          sent_at?: string | null
          sent_count?: number
          status?: string
          subject?: string
        }
        Relationships: [
          {
            foreignKeyName: "campaigns_creator_id_fkey"
            columns: ["creator_id"]
            isOneToOne: false
            referencedRelation: "creator_profiles"
            referencedColumns: ["user_id"]
          },
        ]
      }
      caption_drafts: {
        Row: {
          caption: string
          created_at: string
          creator_id: string
          id: string
          prompt: string
          tone: string | null
          used_in_post: string | null
        }
        Insert: {
          caption: string
          created_at?: string
          creator_id: string
          id?: string
          prompt: string
          tone?: string | null
          used_in_post?: string | null
        }
        Update: {
          caption?: string
          created_at?: string
          creator_id?: string
          id?: string
          prompt?: string
          tone?: string | null
          used_in_post?: string | null
        }
        Relationships: [
          {
            foreignKeyName: "caption_drafts_creator_id_fkey"
            columns: ["creator_id"]
            isOneToOne: false
            referencedRelation: "creator_profiles"
            referencedColumns: ["user_id"]
          },
          {
            foreignKeyName: "caption_drafts_used_in_post_fkey"
            columns: ["used_in_post"]
            isOneToOne: false
            referencedRelation: "posts"
            referencedColumns: ["id"]
          },
        ]
      }
      comments: {
        Row: {
          author_id: string
          body: string
          created_at: string
          id: string
          post_id: string
        }
        Insert: {
          author_id: string
          body: string
          created_at?: string
          id?: string
          post_id: string
        }
        Update: {
          author_id?: string
          body?: string
          created_at?: string
          id?: string
          post_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "comments_author_id_fkey"
            columns: ["author_id"]
            isOneToOne: false
            referencedRelation: "profiles"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "comments_post_id_fkey"
            columns: ["post_id"]
            isOneToOne: false
            referencedRelation: "posts"
            referencedColumns: ["id"]
          },
        ]
      }
      conversation_participants: {
        Row: {
          conversation_id: string
          joined_at: string
          user_id: string
        }
        Insert: {
          conversation_id: string
          joined_at?: string
          user_id: string
        }
        Update: {
          conversation_id?: string
          joined_at?: string
          user_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "conversation_participants_conversation_id_fkey"
            columns: ["conversation_id"]
            isOneToOne: false
            referencedRelation: "conversations"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "conversation_participants_user_id_fkey"
            columns: ["user_id"]
            isOneToOne: false
            referencedRelation: "profiles"
            referencedColumns: ["id"]
          },
        ]
      }
      conversations: {
        Row: {
          created_at: string
          id: string
          last_message_at: string
          subject: string | null
        }
        Insert: {
          created_at?: string
          id?: string
          last_message_at?: string
          subject?: string | null
        }
        Update: {
          created_at?: string
          id?: string
          last_message_at?: string
          subject?: string | null
        }
        Relationships: []
      }
      creator_applications: {
        Row: {
          created_at: string
          id: string
          pitch: string
          portfolio_url: string | null
          status: string
          user_id: string
        }
        Insert: {
          created_at?: string
          id?: string
          pitch: string
          portfolio_url?: string | null
          status?: string
          user_id: string
        }
        Update: {
          created_at?: string
          id?: string
          pitch?: string
          portfolio_url?: string | null
          status?: string
          user_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "creator_applications_user_id_fkey"
            columns: ["user_id"]
            isOneToOne: true
            referencedRelation: "profiles"
            referencedColumns: ["id"]
          },
        ]
      }
      creator_balances: {
        Row: {
          available_cents: number
          creator_id: string
          pending_cents: number
          updated_at: string
        }
        Insert: {
          available_cents?: number
          creator_id: string
          pending_cents?: number
          updated_at?: string
        }
        Update: {
          available_cents?: number
          creator_id?: string
          pending_cents?: number
          updated_at?: string
        }
        Relationships: [
          {
            foreignKeyName: "creator_balances_creator_id_fkey"
            columns: ["creator_id"]
            isOneToOne: true
            referencedRelation: "creator_profiles"
            referencedColumns: ["user_id"]
          },
        ]
      }
      creator_profiles: {
        Row: {
          about: string | null
          about_html: string | null
          accent_color: string | null
          banner_position: string | null
          banner_url: string | null
          category: string | null
          country: string | null
          created_at: string
          faq: Json | null
          handle: string
          headline: string | null
          instagram: string | null
          intro_video_url: string | null
          is_featured: boolean
          language: string
          layout: Json
          press_kit: Json | null
          published: boolean
          seo_description: string | null
          seo_title: string | null
          tiktok: string | null
          user_id: string
          website: string | null
          welcome_message: string | null
          youtube: string | null
        }
        Insert: {
          about?: string | null
          about_html?: string | null
          accent_color?: string | null
          banner_position?: string | null
          banner_url?: string | null
          category?: string | null
          country?: string | null
          created_at?: string
          faq?: Json | null
          handle: string
          headline?: string | null
          instagram?: string | null
          intro_video_url?: string | null
          is_featured?: boolean
          language?: string
          layout?: Json
          press_kit?: Json | null
          published?: boolean
          seo_description?: string | null
          seo_title?: string | null
          tiktok?: string | null
          user_id: string
          website?: string | null
          welcome_message?: string | null
          youtube?: string | null
        }
        Update: {
          about?: string | null
          about_html?: string | null
          accent_color?: string | null
          banner_position?: string | null
          banner_url?: string | null
          category?: string | null
          country?: string | null
          created_at?: string
          faq?: Json | null
          handle?: string
          headline?: string | null
          instagram?: string | null
          intro_video_url?: string | null
          is_featured?: boolean
          language?: string
          layout?: Json
          press_kit?: Json | null
          published?: boolean
          seo_description?: string | null
          seo_title?: string | null
          tiktok?: string | null
          user_id?: string
          website?: string | null
          welcome_message?: string | null
          youtube?: string | null
        }
        Relationships: [
          {
            foreignKeyName: "creator_profiles_user_id_fkey"
            columns: ["user_id"]
            isOneToOne: true
            referencedRelation: "profiles"
            referencedColumns: ["id"]
          },
        ]
      }
      email_suppressions: {
        Row: {
          created_at: string
          email: string
          reason: string
        }
        Insert: {
          created_at?: string
          email: string
          reason: string
        }
        Update: {
          created_at?: string
          email?: string
          reason?: string
        }
        Relationships: []
      }
      feature_flags: {
        Row: {
          enabled: boolean
          name: string
        }
        Insert: {
          enabled?: boolean
          name: string
        }
        Update: {
          enabled?: boolean
          name?: string
        }
        Relationships: []
      }
      ledger_entries: {
        Row: {
          amount_cents: number
          created_at: string
          creator_id: string
          id: string
          kind: string
          source_id: string
        }
        Insert: {
          amount_cents: number
          created_at?: string
          creator_id: string
          id?: string
          kind: string
          source_id: string
        }
        Update: {
          amount_cents?: number
          created_at?: string
          creator_id?: string
          id?: string
          kind?: string
          source_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "ledger_entries_creator_id_fkey"
            columns: ["creator_id"]
            isOneToOne: false
            referencedRelation: "creator_profiles"
            referencedColumns: ["user_id"]
          },
        ]
      }
      messages: {
        Row: {
          attachment_path: string | null
          body: string
          conversation_id: string
          created_at: string
          id: string
          read_at: string | null
          sender_id: string
        }
        Insert: {
          attachment_path?: string | null
          body: string
          conversation_id: string
          created_at?: string
          id?: string
          read_at?: string | null
          sender_id: string
        }
        Update: {
          attachment_path?: string | null
          body?: string
          conversation_id?: string
          created_at?: string
          id?: string
          read_at?: string | null
          sender_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "messages_conversation_id_fkey"
            columns: ["conversation_id"]
            isOneToOne: false
            referencedRelation: "conversations"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "messages_sender_id_fkey"
            columns: ["sender_id"]
            isOneToOne: false
            referencedRelation: "profiles"
            referencedColumns: ["id"]
          },
        ]
      }
      notifications: {
        Row: {
          body: string | null
          created_at: string
          id: string
          kind: string
          link: string | null
          read_at: string | null
          title: string
          user_id: string
        }
        Insert: {
          body?: string | null
          created_at?: string
          id?: string
          kind: string
          link?: string | null
          read_at?: string | null
          title: string
          user_id: string
        }
        Update: {
          body?: string | null
          created_at?: string
          id?: string
          kind?: string
          link?: string | null
          read_at?: string | null
          title?: string
          user_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "notifications_user_id_fkey"
            columns: ["user_id"]
            isOneToOne: false
            referencedRelation: "profiles"
            referencedColumns: ["id"]
          },
        ]
      }
      payout_accounts: {
        Row: {
          charges_enabled: boolean
          country: string
          created_at: string
          creator_id: string
          payouts_enabled: boolean
          stripe_account_id: string
        }
        Insert: {
          charges_enabled?: boolean
          country: string
          created_at?: string
          creator_id: string
          payouts_enabled?: boolean
          stripe_account_id: string
        }
        Update: {
          charges_enabled?: boolean
          country?: string
          created_at?: string
          creator_id?: string
          payouts_enabled?: boolean
          stripe_account_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "payout_accounts_creator_id_fkey"
            columns: ["creator_id"]
            isOneToOne: true
            referencedRelation: "creator_profiles"
            referencedColumns: ["user_id"]
          },
        ]
      }
      payouts: {
        Row: {
          amount_cents: number
          created_at: string
          creator_id: string
          id: string
          paid_at: string | null
          request_key: string | null
          status: string
          stripe_transfer_id: string | null
        }
        Insert: {
          amount_cents: number
          created_at?: string
          creator_id: string
          id?: string
          paid_at?: string | null
          request_key?: string | null
          status?: string
          stripe_transfer_id?: string | null
        }
        Update: {
          amount_cents?: number
          created_at?: string
          creator_id?: string
          id?: string
          paid_at?: string | null
          request_key?: string | null
          status?: string
          stripe_transfer_id?: string | null
        }
        Relationships: [
          {
            foreignKeyName: "payouts_creator_id_fkey"
            columns: ["creator_id"]
            isOneToOne: false
            referencedRelation: "creator_profiles"
            referencedColumns: ["user_id"]
          },
        ]
      }
      platform_settings: {
        Row: {
          key: string
          updated_at: string
          value: Json
        }
        Insert: {
          key: string
          updated_at?: string
          value: Json
        }
        Update: {
          key?: string
          updated_at?: string
          value?: Json
        }
        Relationships: []
      }
      post_likes: {
        Row: {
          created_at: string
          post_id: string
          user_id: string
        }
        Insert: {
          created_at?: string
          post_id: string
          user_id: string
        }
        Update: {
          created_at?: string
          post_id?: string
          user_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "post_likes_post_id_fkey"
            columns: ["post_id"]
            isOneToOne: false
            referencedRelation: "posts"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "post_likes_user_id_fkey"
            columns: ["user_id"]
            isOneToOne: false
            referencedRelation: "profiles"
            referencedColumns: ["id"]
          },
        ]
      }
      post_media: {
        Row: {
          created_at: string
          download_url: string | null
          id: string
          kind: string
          position: number
          post_id: string
          storage_path: string
        }
        Insert: {
          created_at?: string
          download_url?: string | null
          id?: string
          kind: string
          position?: number
          post_id: string
          storage_path: string
        }
        Update: {
          created_at?: string
          download_url?: string | null
          id?: string
          kind?: string
          position?: number
          post_id?: string
          storage_path?: string
        }
        Relationships: [
          {
            foreignKeyName: "post_media_post_id_fkey"
            columns: ["post_id"]
            isOneToOne: false
            referencedRelation: "posts"
            referencedColumns: ["id"]
          },
        ]
      }
      post_stats: {
        Row: {
          post_id: string
          updated_at: string
          views: number
        }
        Insert: {
          post_id: string
          updated_at?: string
          views?: number
        }
        Update: {
          post_id?: string
          updated_at?: string
          views?: number
        }
        Relationships: [
          {
            foreignKeyName: "post_stats_post_id_fkey"
            columns: ["post_id"]
            isOneToOne: true
            referencedRelation: "posts"
            referencedColumns: ["id"]
          },
        ]
      }
      posts: {
        Row: {
          body: string | null
          cover_url: string | null
          created_at: string
          creator_id: string
          id: string
          price_cents: number | null
          publish_at: string | null
          status: string
          title: string
          visibility: string
        }
        Insert: {
          body?: string | null
          cover_url?: string | null
          created_at?: string
          creator_id: string
          id?: string
          price_cents?: number | null
          publish_at?: string | null
          status?: string
          title: string
          visibility?: string
        }
        Update: {
          body?: string | null
          cover_url?: string | null
          created_at?: string
          creator_id?: string
          id?: string
          price_cents?: number | null
          publish_at?: string | null
          status?: string
          title?: string
          visibility?: string
        }
        Relationships: [
          {
            foreignKeyName: "posts_creator_id_fkey"
            columns: ["creator_id"]
            isOneToOne: false
            referencedRelation: "creator_profiles"
            referencedColumns: ["user_id"]
          },
        ]
      }
      profiles: {
        Row: {
          avatar_url: string | null
          bio: string | null
          created_at: string
          date_of_birth: string | null
          display_name: string | null
          email: string | null
          id: string
          is_verified: boolean
          phone: string | null
          role: string
          stripe_customer_id: string | null
          updated_at: string
          username: string
        }
        Insert: {
          avatar_url?: string | null
          bio?: string | null
          created_at?: string
          date_of_birth?: string | null
          display_name?: string | null
          email?: string | null
          id: string
          is_verified?: boolean
          phone?: string | null
          role?: string
          stripe_customer_id?: string | null
          updated_at?: string
          username: string
        }
        Update: {
          avatar_url?: string | null
          bio?: string | null
          created_at?: string
          date_of_birth?: string | null
          display_name?: string | null
          email?: string | null
          id?: string
          is_verified?: boolean
          phone?: string | null
          role?: string
          stripe_customer_id?: string | null
          updated_at?: string
          username?: string
        }
        Relationships: []
      }
      promo_codes: {
        Row: {
          code: string
          created_at: string
          creator_id: string
          expires_at: string | null
          id: string
          max_uses: number
          percent_off: number
          uses: number
        }
        Insert: {
          code: string
          created_at?: string
          creator_id: string
          expires_at?: string | null
          id?: string
          max_uses?: number
          percent_off: number
          uses?: number
        }
        Update: {
          code?: string
          created_at?: string
          creator_id?: string
          expires_at?: string | null
          id?: string
          max_uses?: number
          percent_off?: number
          uses?: number
        }
        Relationships: [
          {
            foreignKeyName: "promo_codes_creator_id_fkey"
            columns: ["creator_id"]
            isOneToOne: false
            referencedRelation: "creator_profiles"
            referencedColumns: ["user_id"]
          },
        ]
      }
      promo_redemptions: {
        Row: {
          created_at: string
          id: string
          promo_id: string
          user_id: string
        }
        Insert: {
          created_at?: string
          id?: string
          promo_id: string
          user_id: string
        }
        Update: {
          created_at?: string
          id?: string
          promo_id?: string
          user_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "promo_redemptions_promo_id_fkey"
            columns: ["promo_id"]
            isOneToOne: false
            referencedRelation: "promo_codes"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "promo_redemptions_user_id_fkey"
            columns: ["user_id"]
            isOneToOne: false
            referencedRelation: "profiles"
            referencedColumns: ["id"]
          },
        ]
      }
      purchases: {
        Row: {
          amount_cents: number
          buyer_id: string
          created_at: string
          id: string
          post_id: string
          stripe_session_id: string
        }
        Insert: {
          amount_cents: number
          buyer_id: string
          created_at?: string
          id?: string
          post_id: string
          stripe_session_id: string
        }
        Update: {
          amount_cents?: number
          buyer_id?: string
          created_at?: string
          id?: string
          post_id?: string
          stripe_session_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "purchases_buyer_id_fkey"
            columns: ["buyer_id"]
            isOneToOne: false
            referencedRelation: "profiles"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "purchases_post_id_fkey"
            columns: ["post_id"]
            isOneToOne: false
            referencedRelation: "posts"
            referencedColumns: ["id"]
          },
        ]
      }
      reports: {
        Row: {
          created_at: string
          id: string
          post_id: string | null
          reason: string
          reporter_id: string
          status: string
        }
        Insert: {
          created_at?: string
          id?: string
          post_id?: string | null
          reason: string
          reporter_id: string
          status?: string
        }
        Update: {
          created_at?: string
          id?: string
          post_id?: string | null
          reason?: string
          reporter_id?: string
          status?: string
        }
        Relationships: [
          {
            foreignKeyName: "reports_post_id_fkey"
            columns: ["post_id"]
            isOneToOne: false
            referencedRelation: "posts"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "reports_reporter_id_fkey"
            columns: ["reporter_id"]
            isOneToOne: false
            referencedRelation: "profiles"
            referencedColumns: ["id"]
          },
        ]
      }
      subscriptions: {
        Row: {
          cancel_at_period_end: boolean
          created_at: string
          creator_id: string
          current_period_end: string | null
          fan_id: string
          id: string
          status: string
          stripe_subscription_id: string | null
          tier_id: string
        }
        Insert: {
          cancel_at_period_end?: boolean
          created_at?: string
          creator_id: string
          current_period_end?: string | null
          fan_id: string
          id?: string
          status?: string
          stripe_subscription_id?: string | null
          tier_id: string
        }
        Update: {
          cancel_at_period_end?: boolean
          created_at?: string
          creator_id?: string
          current_period_end?: string | null
          fan_id?: string
          id?: string
          status?: string
          stripe_subscription_id?: string | null
          tier_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "subscriptions_creator_id_fkey"
            columns: ["creator_id"]
            isOneToOne: false
            referencedRelation: "creator_profiles"
            referencedColumns: ["user_id"]
          },
          {
            foreignKeyName: "subscriptions_fan_id_fkey"
            columns: ["fan_id"]
            isOneToOne: false
            referencedRelation: "profiles"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "subscriptions_tier_id_fkey"
            columns: ["tier_id"]
            isOneToOne: false
            referencedRelation: "tiers"
            referencedColumns: ["id"]
          },
        ]
      }
      team_invites: {
        Row: {
          accepted_at: string | null
          created_at: string
          email: string
          id: string
          role: string
          team_id: string
          token: string
        }
        Insert: {
          accepted_at?: string | null
          created_at?: string
          email: string
          id?: string
          role?: string
          team_id: string
          token?: string
        }
        Update: {
          accepted_at?: string | null
          created_at?: string
          email?: string
          id?: string
          role?: string
          team_id?: string
          token?: string
        }
        Relationships: [
          {
            foreignKeyName: "team_invites_team_id_fkey"
            columns: ["team_id"]
            isOneToOne: false
            referencedRelation: "teams"
            referencedColumns: ["id"]
          },
        ]
      }
      team_members: {
        Row: {
          joined_at: string
          role: string
          team_id: string
          user_id: string
        }
        Insert: {
          joined_at?: string
          role?: string
          team_id: string
          user_id: string
        }
        Update: {
          joined_at?: string
          role?: string
          team_id?: string
          user_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "team_members_team_id_fkey"
            columns: ["team_id"]
            isOneToOne: false
            referencedRelation: "teams"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "team_members_user_id_fkey"
            columns: ["user_id"]
            isOneToOne: false
            referencedRelation: "profiles"
            referencedColumns: ["id"]
          },
        ]
      }
      team_notes: {
        Row: {
          author_id: string
          body: string
          created_at: string
          id: string
          team_id: string
        }
        Insert: {
          author_id: string
          body: string
          created_at?: string
          id?: string
          team_id: string
        }
        Update: {
          author_id?: string
          body?: string
          created_at?: string
          id?: string
          team_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "team_notes_author_id_fkey"
            columns: ["author_id"]
            isOneToOne: false
            referencedRelation: "profiles"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "team_notes_team_id_fkey"
            columns: ["team_id"]
            isOneToOne: false
            referencedRelation: "teams"
            referencedColumns: ["id"]
          },
        ]
      }
      teams: {
        Row: {
          created_at: string
          id: string
          name: string
          owner_id: string
        }
        Insert: {
          created_at?: string
          id?: string
          name: string
          owner_id: string
        }
        Update: {
          created_at?: string
          id?: string
          name?: string
          owner_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "teams_owner_id_fkey"
            columns: ["owner_id"]
            isOneToOne: false
            referencedRelation: "profiles"
            referencedColumns: ["id"]
          },
        ]
      }
      tiers: {
        Row: {
          created_at: string
          creator_id: string
          currency: string
          description: string | null
          id: string
          is_active: boolean
          name: string
          position: number
          price_cents: number
          stripe_price_id: string | null
        }
        Insert: {
          created_at?: string
          creator_id: string
          currency?: string
          description?: string | null
          id?: string
          is_active?: boolean
          name: string
          position?: number
          price_cents: number
          stripe_price_id?: string | null
        }
        Update: {
          created_at?: string
          creator_id?: string
          currency?: string
          description?: string | null
          id?: string
          is_active?: boolean
          name?: string
          position?: number
          price_cents?: number
          stripe_price_id?: string | null
        }
        Relationships: [
          {
            foreignKeyName: "tiers_creator_id_fkey"
            columns: ["creator_id"]
            isOneToOne: false
            referencedRelation: "creator_profiles"
            referencedColumns: ["user_id"]
          },
        ]
      }
      tips: {
        Row: {
          amount: number
          created_at: string
          creator_id: string
          fan_id: string | null
          id: string
          message: string | null
          stripe_session_id: string | null
        }
        Insert: {
          amount: number
          created_at?: string
          creator_id: string
          fan_id?: string | null
          id?: string
          message?: string | null
          stripe_session_id?: string | null
        }
        Update: {
          amount?: number
          created_at?: string
          creator_id?: string
          fan_id?: string | null
          id?: string
          message?: string | null
          stripe_session_id?: string | null
        }
        Relationships: [
          {
            foreignKeyName: "tips_creator_id_fkey"
            columns: ["creator_id"]
            isOneToOne: false
            referencedRelation: "creator_profiles"
            referencedColumns: ["user_id"]
          },
          {
            foreignKeyName: "tips_fan_id_fkey"
            columns: ["fan_id"]
            isOneToOne: false
            referencedRelation: "profiles"
            referencedColumns: ["id"]
          },
        ]
      }
      user_roles: {
        Row: {
          created_at: string
          id: string
          role: Database["public"]["Enums"]["app_role"]
          user_id: string
        }
        Insert: {
          created_at?: string
          id?: string
          role: Database["public"]["Enums"]["app_role"]
          user_id: string
        }
        Update: {
          created_at?: string
          id?: string
          role?: Database["public"]["Enums"]["app_role"]
          user_id?: string
        }
        Relationships: []
      }
      webhook_events: {
        Row: {
          id: string
          kind: string
          provider: string
          received_at: string
        }
        Insert: {
          id: string
          kind: string
          provider: string
          received_at?: string
        }
        Update: {
          id?: string
          kind?: string
          provider?: string
          received_at?: string
        }
        Relationships: []
      }
    }
    Views: {
      creator_directory: {
        Row: {
          banner_url: string | null
          category: string | null
          handle: string | null
          headline: string | null
          is_featured: boolean | null
          user_id: string | null
        }
        Relationships: []
      }
      subscriber_overview: {
        Row: {
          creator_id: string | null
          email: string | null
          phone: string | null
          status: string | null
          subscribed_at: string | null
          username: string | null
        }
        Relationships: []
      }
    }
    Functions: {
      book_income: { Args: { _creator_id: string; _kind: string; _cents: number; _source_id: string }; Returns: undefined }
      credit_creator_balance: { Args: { _creator_id: string; _cents: number }; Returns: undefined }
      get_creator_earnings: { Args: { _creator_id: string }; Returns: { month: string; kind: string; cents: number }[] }
      get_my_earnings: { Args: Record<PropertyKey, never>; Returns: { month: string; kind: string; cents: number }[] }
      has_purchased: { Args: { _post_id: string }; Returns: boolean }
      has_role: { Args: { _user_id: string; _role: Database["public"]["Enums"]["app_role"] }; Returns: boolean }
      increment_post_views: { Args: { _post_id: string }; Returns: undefined }
      is_admin: { Args: Record<PropertyKey, never>; Returns: boolean }
      is_participant: { Args: { _conversation_id: string }; Returns: boolean }
      is_subscriber: { Args: { _creator_id: string }; Returns: boolean }
      search_creators: { Args: { _term: string; _order: string }; Returns: Database["public"]["Views"]["creator_directory"]["Row"][] }
      search_posts: { Args: { _term: string }; Returns: Database["public"]["Tables"]["posts"]["Row"][] }
      set_featured: { Args: { _creator_id: string; _featured: boolean }; Returns: undefined }
      settle_payout: { Args: { _payout_id: string; _transfer_id: string }; Returns: undefined }
      spend_ai_call: { Args: { _user_id: string; _allowance: number }; Returns: boolean }
      start_conversation: { Args: { _with: string; _subject: string }; Returns: string }
      withdraw: { Args: { _cents: number; _request_key: string }; Returns: string }
    }
    Enums: {
      app_role: "admin" | "moderator" | "creator" | "fan"
    }
    CompositeTypes: {
      [_ in never]: never
    }
  }
}

export type Tables<T extends keyof Database["public"]["Tables"]> = Database["public"]["Tables"][T]["Row"]
export type TablesInsert<T extends keyof Database["public"]["Tables"]> = Database["public"]["Tables"][T]["Insert"]
export type TablesUpdate<T extends keyof Database["public"]["Tables"]> = Database["public"]["Tables"][T]["Update"]
export type Views<T extends keyof Database["public"]["Views"]> = Database["public"]["Views"][T]["Row"]
